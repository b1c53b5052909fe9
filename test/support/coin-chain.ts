import { coinAt } from "#shared/coins/coin-at.ts";
import type { ItemMarks } from "#shared/coins/coin-item.ts";
import { coinKeyOf, slotOf } from "#shared/coins/coin-key.ts";
import { frozenGroupsOf } from "#shared/coins/coins-reader.ts";
import { packOutputs } from "#shared/coins/pack-outputs.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { setChanges } from "#shared/coins/set-change.ts";
import type { NextTip } from "#shared/coins/tip.ts";
import { growView, type View } from "#shared/coins/view.ts";
import { sha256 } from "#shared/crypto/hashes.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import {
  amount,
  type Hash256,
  type HashHex,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** A block that makes transactions by name and spends outputs, for tests of chain state. */
export interface TestBlock {
  readonly height: number;
  readonly hash: HashHex;
  readonly work: bigint;
  readonly marks: readonly ItemMarks[];
}

export function txidOf(name: string): Hash256 {
  return sha256(new TextEncoder().encode(name)) as Hash256;
}

export function hashOf(name: string): HashHex {
  return toHashHex(txidOf(`block ${name}`));
}

/** @param makes transaction names, each with its number of outputs @param spends `name:index` */
export function testBlock(
  at: number,
  branch: string,
  makes: Readonly<Record<string, number>> = {},
  spends: readonly string[] = [],
): TestBlock {
  const hash = hashOf(`${branch}${at}`);
  const mark = { height: height(at), hash };
  const marks = new Map<string, ItemMarks>();
  for (const [name, outputs] of Object.entries(makes)) {
    for (let from = 0; from < outputs; from += 8) {
      const key = coinKeyOf(txidOf(name), from);
      const values = Array.from({ length: Math.min(8, outputs - from) }, (_, slot) => ({
        value: amount(BigInt(1_000 * from + slot + 1)),
        scriptPubKey: Uint8Array.of(0x51, slot),
      }));
      const content = {
        outputs: packOutputs(values),
        time: unixSeconds(1_600_000_000),
        kind: "ordinary",
      } as const;
      marks.set(key, { key, mark, created: content, spent: 0 });
    }
  }
  for (const spend of spends) {
    const [name = "", index = "0"] = spend.split(":");
    const key = coinKeyOf(txidOf(name), Number(index));
    const known = marks.get(key);
    const bit = 1 << slotOf(Number(index));
    marks.set(key, { key, mark, created: known?.created, spent: (known?.spent ?? 0) | bit });
  }
  return { height: at, hash, work: BigInt(at), marks: [...marks.values()] };
}

export function growBy(view: View, blocks: readonly TestBlock[]): View {
  return blocks.reduce<View>((at, block) => growView(at, block), view);
}

/** Height at which an output is unspent, as a store answers at a view. */
export async function coinHeight(
  store: CoinStore,
  view: View,
  outpoint: string,
): Promise<number | undefined> {
  const [name = "", index = "0"] = outpoint.split(":");
  const items = await store.read(view.gen, [coinKeyOf(txidOf(name), Number(index))]);
  const frozen = new Map<number, readonly HashHex[]>();
  for (const group of frozenGroupsOf(view, items)) {
    const hashes = await store.frozen(group);
    if (hashes !== undefined) frozen.set(group, hashes);
  }
  const item = items[0];
  return item === undefined ? undefined : coinAt(view, item, slotOf(Number(index)), frozen)?.height;
}

/** Totals of the unspent set at a tip that is about to be committed, by counting all of it. */
export async function countTotals(store: CoinStore, { tip, frozen }: NextTip): Promise<Uint8Array> {
  const totals = RunningTotals.empty("exos");
  const groups = new Map<number, readonly HashHex[]>();
  for (const { group, hashes } of frozen) groups.set(group, hashes);
  for await (const { key, item } of store.scan(tip)) {
    for (const group of frozenGroupsOf(tip, [item])) {
      const hashes = groups.get(group) ?? (await store.frozen(group));
      if (hashes !== undefined) groups.set(group, hashes);
    }
    const changes = setChanges(item, undefined, { view: tip, frozen: groups });
    for (const change of changes) totals.add(key, change);
  }
  return totals.encode();
}
