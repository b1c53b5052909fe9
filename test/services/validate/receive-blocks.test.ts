import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { BadBlock } from "#services/validate/branch.ts";
import { createValidator } from "#services/validate/core.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { parseHex } from "#shared/primitives/hex.ts";
import { loadChain } from "../../support/chain-file.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { mineChain } from "../../support/mine.ts";
import { vectorsPath } from "../../support/vectors.ts";

const now = unixSeconds(1_700_000_000);
const genesis = genesisRecord(exosRegtest);
const mine = (count: number, to: number) =>
  mineChain(genesis, count, { script: Uint8Array.of(to), network: exosRegtest });

it("blocks in the order of the chain become the tip together when they are settled", async () => {
  const chain = await mine(5, 0x51);
  const validator = createValidator(memoryValidator(exosRegtest, now));
  const receiver = validator.receive();
  for (const { bytes, record } of chain) {
    expect(await receiver.take(bytes)).toEqual({ state: "accepted", record, heavier: true });
  }
  expect((await validator.tip()).height).toBe(0);
  await receiver.settle();
  expect((await validator.tip()).hash).toBe(chain.at(-1)?.record.hash);
});

it("a branch beside the one that grows is followed once it is heavier, and then grows", async () => {
  const [ours, theirs] = [await mine(3, 0x51), await mine(5, 0x52)];
  const validator = createValidator(memoryValidator(exosRegtest, now));
  const receiver = validator.receive();
  for (const { bytes } of ours) await receiver.take(bytes);
  const seen: string[] = [];
  for (const { bytes } of theirs) {
    await receiver.take(bytes);
    seen.push((await validator.tip()).hash);
  }
  await receiver.settle();
  const end = ours[2]?.record.hash;
  expect(seen).toEqual([end, end, end, theirs[3]?.record.hash, theirs[3]?.record.hash]);
  expect((await validator.tip()).hash).toBe(theirs[4]?.record.hash);
});

it("an end that another writer has overtaken is left to whoever connects", async () => {
  const [ours, theirs] = [await mine(2, 0x51), await mine(3, 0x52)];
  const deps = memoryValidator(exosRegtest, now);
  const validator = createValidator(deps);
  const receiver = validator.receive();
  for (const { bytes } of ours) await receiver.take(bytes);
  for (const { bytes } of theirs) await validator.accept(bytes);
  await validator.connect();
  await receiver.settle();
  await validator.connect();
  expect((await validator.tip()).hash).toBe(theirs[2]?.record.hash);
  const next = await mineChain(theirs[2]?.record ?? genesis, 1, {
    script: Uint8Array.of(0x51),
    network: exosRegtest,
  });
  for (const { bytes } of next) await receiver.take(bytes);
  await receiver.settle();
  expect((await validator.tip()).hash).toBe(next[0]?.record.hash);
});

interface Case {
  readonly name: string;
  readonly parentHeight: number;
  readonly now: number;
  readonly block: string;
}

const chain = loadChain("exos-regtest/odd-chain.dat", 4);
const path = vectorsPath("exos-regtest/blocks.json");

function caseOf(name: string): Case {
  const { cases } = JSON.parse(readFileSync(path ?? "", "utf8")) as { cases: readonly Case[] };
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`no case ${name}`);
  return found;
}

it.skipIf(chain === undefined || path === undefined)(
  "a stake of a coin that nobody has made is not kept when a peer brings it",
  async () => {
    const bad = caseOf("header: coinstake of an unknown coin");
    const bytes = parseHex(bad.block) ?? new Uint8Array();
    const deps = memoryValidator(exosRegtest, unixSeconds(bad.now));
    const validator = createValidator(deps);
    const receiver = validator.receive();
    for (const block of chain?.slice(0, bad.parentHeight) ?? []) await receiver.take(block);
    await receiver.settle();
    expect((await validator.tip()).height).toBe(bad.parentHeight);

    const refused = await receiver.take(bytes);
    expect(refused).toMatchObject({
      state: "refused",
      error: { code: "read-txPrev-failed-insufficient", effect: "unknown", stage: "header" },
    });
    const hash = refused.state === "refused" ? refused.hash : undefined;
    expect(hash === undefined ? undefined : await deps.headers.get(hash)).toBeUndefined();
  },
);

it.skipIf(chain === undefined || path === undefined)(
  "a block whose scripts fail is told of when it is settled, and what came before it stands",
  async () => {
    const bad = caseOf("full: second input unsigned");
    const rejected: BadBlock[] = [];
    const deps = {
      ...memoryValidator(exosRegtest, unixSeconds(bad.now)),
      rejected: (block: BadBlock) => void rejected.push(block),
    };
    const validator = createValidator(deps);
    const receiver = validator.receive();
    for (const block of chain?.slice(0, bad.parentHeight) ?? []) await receiver.take(block);
    await receiver.take(parseHex(bad.block) ?? new Uint8Array());
    await receiver.settle();
    expect(rejected.map(({ error }) => error.code)).toEqual(["bad-txns-script-failed"]);
    expect((await validator.tip()).height).toBe(bad.parentHeight);
    for (const block of chain?.slice(bad.parentHeight) ?? []) await receiver.take(block);
    await receiver.settle();
    expect((await validator.tip()).height).toBe(609);
  },
);
