import { decodeBlock } from "#shared/codec/decode-block.ts";
import { coinKeyOf, OUTPUTS_MAX, slotOf } from "#shared/coins/coin-key.ts";
import { SCRIPT_BYTES_MAX, unpackOutput } from "#shared/coins/pack-outputs.ts";
import type { OutputFact } from "#shared/ports/address-index.ts";
import { kindOf } from "#shared/ports/block-facts.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { inParallel } from "#shared/ports/in-parallel.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import { binary, bytesOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { decodeEntrySort, type EntryPlace, transactionPart } from "./index-keys.ts";

/** Where outputs are looked up: the coins first, since one request reads a hundred. */
export interface OutputSource {
  readonly table: Pick<DynamoTable, "query">;
  readonly coins: Pick<CoinStore, "tip" | "read">;
  readonly blocks: Pick<BlockStore, "get">;
  readonly wire: WireFormat;
}

/** Transactions whose blocks are read at once. */
const BLOCKS_AT_ONCE = 8;
/** Blocks that are asked for one transaction: some hold it on branches whose bodies are gone. */
const PLACES_MAX = 16;

/**
 * Facts about outputs, spent or not. Value, script and time are fixed by the id, so whichever block
 * tells them is right: the coin table, and what it does not hold (what was spent before its snapshot,
 * what can never be spent, scripts beyond its limit) the block that made it.
 *
 * @returns in the order asked
 * @source cloud.md 6
 */
export async function readOutputs(
  outpoints: readonly Outpoint[],
  source: OutputSource,
): Promise<(OutputFact | undefined)[]> {
  const facts = await fromCoins(outpoints, source);
  const missing = new Map<HashHex, number[]>();
  for (const [at, { txid }] of outpoints.entries()) {
    if (facts[at] !== undefined) continue;
    const hex = toHashHex(txid);
    missing.set(hex, [...(missing.get(hex) ?? []), at]);
  }
  await inParallel([...missing.values()], BLOCKS_AT_ONCE, async (places) => {
    const [first = 0] = places;
    const txid = outpoints[first]?.txid;
    const tx = txid === undefined ? undefined : await findTransaction(txid, source);
    for (const at of places) {
      facts[at] = tx === undefined ? undefined : factOf(tx, outpoints[at]?.index ?? 0, source.wire);
    }
  });
  return facts;
}

async function fromCoins(
  outpoints: readonly Outpoint[],
  { coins }: Pick<OutputSource, "coins">,
): Promise<(OutputFact | undefined)[]> {
  const tip = await coins.tip();
  if (tip === undefined) return outpoints.map(() => undefined);
  const keys = outpoints.map(({ txid, index }) =>
    index < OUTPUTS_MAX ? coinKeyOf(txid, index) : undefined,
  );
  const wanted = [...new Set(keys.flatMap((key) => key ?? []))];
  const items = await coins.read(tip.gen, wanted);
  const byKey = new Map(wanted.map((key, at) => [key, items[at]]));
  return outpoints.map(({ index }, at) => {
    const key = keys[at];
    const content = key === undefined ? undefined : byKey.get(key)?.content;
    if (content === undefined) return undefined;
    const { time, kind, outputs } = content;
    const output = unpackOutput(outputs, slotOf(index));
    return output === undefined || isStandIn(output.scriptPubKey)
      ? undefined
      : { ...output, time, kind };
  });
}

/** A script of which the coins hold the hash alone is presented as one byte that always fails. */
function isStandIn(script: Uint8Array): boolean {
  return (script.length === 1 && script[0] === 0xff) || script.length > SCRIPT_BYTES_MAX;
}

/** A transaction out of any block that is known to hold it. */
async function findTransaction(
  txid: Hash256,
  source: OutputSource,
): Promise<HashedTransaction | undefined> {
  for await (const place of placesOf(txid, source.table)) {
    const transactions = await readTransactions(place.hash, source);
    const found = transactions?.[place.position];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Blocks of any branch that hold a transaction, highest first. */
export async function* placesOf(
  txid: Hash256,
  table: Pick<DynamoTable, "query">,
): AsyncGenerator<EntryPlace> {
  const where = { text: "#pk = :pk", values: { pk: binary(transactionPart(txid)) } };
  for await (const item of table.query({ where, descending: true, limit: PLACES_MAX })) {
    yield decodeEntrySort(bytesOf(item, "sk"));
  }
}

/** @returns `undefined` where the body is not kept */
export async function readTransactions(
  hash: HashHex,
  { blocks, wire }: Pick<OutputSource, "blocks" | "wire">,
): Promise<readonly HashedTransaction[] | undefined> {
  const bytes = await blocks.get(hash);
  const decoded = bytes === undefined ? undefined : decodeBlock(bytes, wire);
  return decoded?.ok === true ? decoded.value.transactions : undefined;
}

function factOf(tx: HashedTransaction, index: number, wire: WireFormat): OutputFact | undefined {
  const output = tx.outputs[index];
  if (output === undefined) return undefined;
  const { value, scriptPubKey } = output;
  return { value, scriptPubKey: scriptPubKey.slice(), time: tx.time, kind: kindOf(tx, wire) };
}
