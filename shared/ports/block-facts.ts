import { decodeBlock } from "#shared/codec/decode-block.ts";
import { type Amount, amount, type HashHex } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { ERROR_CATALOGUE, type ErrorCode } from "#shared/primitives/error-catalogue.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { HashedTransaction, Outpoint, TxOutput } from "#shared/primitives/transaction.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import { stakerOf } from "#shared/script/owner-script.ts";
import type { BlockRow, BlockToIndex } from "./address-index.ts";
import { StoreFault } from "./store-fault.ts";

/** Opcode that no spend survives. */
export const OP_RETURN = 0x6a;

/** What a spent output says to its spender. `owner` is whatever the index tells owners apart by. */
export interface SpentFact<Owner> {
  readonly value: bigint;
  /** Nobody owns an empty script, such as the marker of every coinstake. */
  readonly owner: Owner | undefined;
  /** Whose hot key stakes it, apart from its owner. */
  readonly staker: Owner | undefined;
}

/** What one transaction pays to an owner and takes from it, in base units. */
export interface OwnerFlow<Owner> {
  readonly owner: Owner;
  received: bigint;
  sent: bigint;
}

/** An output with whoever it is listed under. */
export interface OutputToIndex<Owner> extends TxOutput, SpentFact<Owner> {
  readonly value: Amount;
}

/** One transaction of a block, with every spent output found. */
export interface TransactionFacts<Owner> {
  readonly tx: Pick<HashedTransaction, "txid" | "time">;
  readonly position: number;
  readonly kind: CoinKind;
  readonly outputs: readonly OutputToIndex<Owner>[];
  /** None for a coinbase. */
  readonly spends: readonly Outpoint[];
  readonly flows: readonly OwnerFlow<Owner>[];
}

/** How an index names owners and finds outputs. */
export interface FactSource<Owner> {
  readonly wire: WireFormat;
  /** @returns `undefined` for the empty script */
  ownerOf(script: Uint8Array): Owner | undefined;
  /** An output of an earlier block. */
  spent(outpoint: Outpoint): SpentFact<Owner> | undefined;
}

/** All that the index learns from one block. */
export interface BlockFacts<Owner> {
  readonly prev: HashHex;
  readonly row: BlockRow;
  readonly transactions: readonly TransactionFacts<Owner>[];
}

/** Where transactions carry no time there is no stake, whatever one looks like. */
export function kindOf(tx: HashedTransaction, wire: WireFormat): CoinKind {
  if (isCoinbase(tx)) return "coinbase";
  return wire.transactionTime && isCoinstake(tx) ? "coinstake" : "ordinary";
}

/** Whether an output is a coin: genesis makes none, and OP_RETURN ends every spend. */
export function isCoin(output: TxOutput, height: number): boolean {
  return height > 0 && output.scriptPubKey[0] !== OP_RETURN;
}

/** Sums of one block while its transactions are read. */
interface Sums {
  fees: bigint;
  reward: bigint;
  coins: number;
  unspendable: bigint;
  inputs: number;
  outputs: number;
}

/**
 * Everything the index keeps of one block. A function of the block and its ancestors.
 *
 * @param parent the row of its parent; `undefined` for genesis
 * @throws StoreFault when the bytes or a spent output are not what was connected; RangeError when
 *   the parent was not added before: a bug of the follower
 */
export function factsOf<Owner>(
  block: BlockToIndex,
  parent: BlockRow | undefined,
  source: FactSource<Owner>,
): BlockFacts<Owner> {
  if ((parent === undefined) !== (block.height === 0)) {
    throw new RangeError(`block ${block.hash} was added before its parent`);
  }
  const decoded = decodeBlock(block.bytes, source.wire);
  if (!decoded.ok) throw broken("EXOS-E1004", `block ${block.hash}`, decoded.error);

  const { header, transactions, sizeTotal } = decoded.value;
  const made = new Map<string, SpentFact<Owner>>();
  const sums = { fees: 0n, reward: 0n, coins: 0, unspendable: 0n, inputs: 0, outputs: 0 };
  const facts = transactions.map((tx, position) =>
    transactionFacts({ tx, position, block, sums, made }, source),
  );
  const stake = facts[1]?.kind === "coinstake";
  const supplied = sums.reward - sums.fees - sums.unspendable;
  const row: BlockRow = {
    height: block.height,
    hash: block.hash,
    time: header.time,
    proofKind: stake ? "stake" : "work",
    transactions: transactions.length,
    inputs: sums.inputs,
    outputs: sums.outputs,
    size: sizeTotal,
    fees: amount(sums.fees),
    reward: amount(sums.reward),
    makerScript: makerScript(transactions[stake ? 1 : 0], stake),
    transactionsSum: (parent?.transactionsSum ?? 0) + transactions.length,
    coinsSum: (parent?.coinsSum ?? 0) + sums.coins,
    supply: amount((parent?.supply ?? 0n) + supplied),
    unspendableSum: amount((parent?.unspendableSum ?? 0n) + sums.unspendable),
  };
  return { prev: toHashHex(header.prev), row, transactions: facts };
}

function broken(code: ErrorCode, what: string, cause?: unknown): StoreFault {
  const { sentence, hint } = ERROR_CATALOGUE[code];
  return new StoreFault(`${what}: ${sentence} ${hint}`, { retryable: false, code, cause });
}

/** A cold stake names the hot key in its second output, and pays to the third. */
export function makerScript(tx: HashedTransaction | undefined, stake: boolean): Uint8Array {
  const first = tx?.outputs[stake ? 1 : 0];
  const paid = first?.scriptPubKey[0] === OP_RETURN && stake ? tx?.outputs[2] : first;
  return (paid?.scriptPubKey ?? new Uint8Array(0)).slice();
}

interface TransactionInBlock<Owner> {
  readonly tx: HashedTransaction;
  readonly position: number;
  readonly block: BlockToIndex;
  readonly sums: Sums;
  /** Outputs of this block so far. */
  readonly made: Map<string, SpentFact<Owner>>;
}

function transactionFacts<Owner>(
  { tx, position, block, sums, made }: TransactionInBlock<Owner>,
  source: FactSource<Owner>,
): TransactionFacts<Owner> {
  const kind = kindOf(tx, source.wire);
  const flows = new Map<Owner, OwnerFlow<Owner>>();
  const flow = (owner: Owner | undefined, received: bigint, sent: bigint): void => {
    if (owner === undefined) return;
    const known = flows.get(owner) ?? { owner, received: 0n, sent: 0n };
    known.received += received;
    known.sent += sent;
    flows.set(owner, known);
  };

  const spends = kind === "coinbase" ? [] : tx.inputs.map(({ prevout }) => prevout);
  let moved = 0n;
  for (const outpoint of spends) {
    const spent = made.get(outpointKey(outpoint)) ?? source.spent(outpoint);
    if (spent === undefined) {
      const spentName = `${toHashHex(outpoint.txid)}:${outpoint.index}`;
      throw broken("EXOS-E1010", `block ${block.hash} spends ${spentName}, not indexed`);
    }
    flow(spent.owner, 0n, spent.value);
    flow(spent.staker, 0n, spent.value);
    moved += spent.value;
  }

  const outputs = tx.outputs.map((output, index) => {
    const listed = listedUnder(output.scriptPubKey, source);
    made.set(outpointKey({ txid: tx.txid, index }), { value: output.value, ...listed });
    moved -= output.value;
    if (isCoin(output, block.height)) {
      sums.coins++;
      flow(listed.owner, output.value, 0n);
      flow(listed.staker, output.value, 0n);
    } else sums.unspendable += output.value;
    return { ...output, ...listed };
  });

  if (kind === "ordinary") sums.fees += moved;
  else sums.reward -= moved;
  sums.coins -= spends.length;
  sums.inputs += tx.inputs.length;
  sums.outputs += outputs.length;
  return { tx, position, kind, outputs, spends, flows: [...flows.values()] };
}

/** Whom an output is listed under. Where the cold key is nobody's, owner and staker are one. */
export function listedUnder<Owner>(
  script: Uint8Array,
  { ownerOf }: Pick<FactSource<Owner>, "ownerOf">,
): Pick<SpentFact<Owner>, "owner" | "staker"> {
  const owner = ownerOf(script);
  const staked = stakerOf(script);
  const staker = staked === undefined ? undefined : ownerOf(staked);
  return { owner, staker: staker === owner ? undefined : staker };
}
