import { decodeBlock } from "#shared/codec/decode-block.ts";
import type { BlockRow, BlockToIndex, OutputFact } from "#shared/ports/address-index.ts";
import {
  factsOf,
  isCoin,
  listedUnder,
  type SpentFact,
  type TransactionFacts,
} from "#shared/ports/block-facts.ts";
import { amount, type HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { fromHex, toHex } from "#shared/primitives/hex.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import type { DynamoItem } from "./dynamo-item.ts";
import { type EntryIn, type EntryOut, encodeEntry, SCRIPT_BYTES_MAX } from "./index-entry-codec.ts";
import {
  type EntryPlace,
  entrySort,
  keyOf,
  ownerHash,
  ownerPart,
  transactionPart,
} from "./index-keys.ts";

/** How a block's facts are found. */
export interface BlockItemSource {
  readonly wire: WireFormat;
  /** What outputs of earlier blocks were. */
  outputs(
    outpoints: readonly Outpoint[],
  ): Promise<(Pick<OutputFact, "value" | "scriptPubKey"> | undefined)[]>;
}

/** All that the index writes of one block, but for its row. */
export interface BlockItems {
  readonly row: BlockRow;
  readonly prev: HashHex;
  readonly items: readonly DynamoItem[];
  readonly transactions: readonly TransactionFacts<string>[];
}

/** How owners are told apart while a block is read. @returns `undefined` for the empty script */
export function ownerText(script: Uint8Array): string | undefined {
  const owner = ownerHash(script);
  return owner === undefined ? undefined : toHex(owner);
}

/**
 * The items of one block: of each transaction that it is there, and of each owner that it pays or
 * takes from, what it does to him.
 *
 * @throws StoreFault, RangeError as `factsOf`
 */
export async function blockItems(
  block: BlockToIndex,
  parent: BlockRow | undefined,
  source: BlockItemSource,
): Promise<BlockItems> {
  const spent = await spentBefore(block, source);
  const { row, prev, transactions } = factsOf(block, parent, {
    wire: source.wire,
    ownerOf: ownerText,
    spent: (outpoint) => spent.get(outpointKey(outpoint)),
  });
  for (const { tx, outputs } of transactions) {
    for (const [index, output] of outputs.entries()) {
      spent.set(outpointKey({ txid: tx.txid, index }), output);
    }
  }
  const items = transactions.flatMap((facts) => transactionItems(facts, row, spent));
  return { row, prev, items, transactions };
}

/** Outputs that a block spends and did not make. */
async function spentBefore(
  { bytes }: BlockToIndex,
  { wire, outputs }: BlockItemSource,
): Promise<Map<string, SpentFact<string>>> {
  const decoded = decodeBlock(bytes, wire);
  // What is wrong with it is said where its facts are read.
  if (!decoded.ok) return new Map();
  const [, ...others] = decoded.value.transactions;
  const own = new Set(decoded.value.transactions.map(({ txid }) => toHashHex(txid)));
  const outpoints = others
    .flatMap((tx) => tx.inputs.map(({ prevout }) => prevout))
    .filter(({ txid }) => !own.has(toHashHex(txid)));
  const found = new Map<string, SpentFact<string>>();
  for (const [at, output] of (await outputs(outpoints)).entries()) {
    const outpoint = outpoints[at];
    if (output === undefined || outpoint === undefined) continue;
    const { value, scriptPubKey } = output;
    found.set(outpointKey(outpoint), { value, ...listedUnder(scriptPubKey, OWNERS) });
  }
  return found;
}

const OWNERS = { ownerOf: ownerText };

function transactionItems(
  facts: TransactionFacts<string>,
  row: BlockRow,
  spent: ReadonlyMap<string, SpentFact<string>>,
): DynamoItem[] {
  const { tx, position, kind, flows } = facts;
  const place: EntryPlace = { height: row.height, hash: row.hash, position };
  const outs = outsOf(facts, row.height);
  const ins = insOf(facts, spent);
  const entries = flows.flatMap(({ owner, received, sent }) =>
    encodeEntry(ownerPart(fromHex(owner)), {
      ...place,
      txid: toHashHex(tx.txid),
      kind,
      time: tx.time,
      blockTime: row.time,
      madeAt: undefined,
      received: amount(received),
      sent: amount(sent),
      outs: outs.get(owner) ?? [],
      ins: ins.get(owner) ?? [],
    }),
  );
  return [keyOf(transactionPart(tx.txid), entrySort(place)), ...entries];
}

type ByOwner<Entry> = Map<string, Entry[]>;

/** For all owners at once: a transaction may pay a hundred thousand of them. */
function outsOf({ outputs }: TransactionFacts<string>, height: number): ByOwner<EntryOut> {
  const outs: ByOwner<EntryOut> = new Map();
  for (const [index, output] of outputs.entries()) {
    if (!isCoin(output, height)) continue;
    const { value, scriptPubKey } = output;
    list({ index, value, scriptPubKey: keptScript(scriptPubKey) }, output, outs);
  }
  return outs;
}

/** @returns `undefined` for one that is too long to be written down */
export function keptScript(script: Uint8Array): Uint8Array | undefined {
  return script.length > SCRIPT_BYTES_MAX ? undefined : script;
}

function insOf(
  { spends }: TransactionFacts<string>,
  spent: ReadonlyMap<string, SpentFact<string>>,
): ByOwner<EntryIn> {
  const ins: ByOwner<EntryIn> = new Map();
  for (const [input, outpoint] of spends.entries()) {
    const { txid, index } = outpoint;
    list({ input, txid, index }, spent.get(outpointKey(outpoint)), ins);
  }
  return ins;
}

/** Under its owner, and under who may stake it. */
function list<Entry>(
  entry: Entry,
  fact: Pick<SpentFact<string>, "owner" | "staker"> | undefined,
  byOwner: ByOwner<Entry>,
): void {
  for (const owner of [fact?.owner, fact?.staker]) {
    if (owner === undefined) continue;
    const known = byOwner.get(owner);
    if (known === undefined) byOwner.set(owner, [entry]);
    else known.push(entry);
  }
}
