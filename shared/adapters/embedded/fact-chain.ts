import type {
  BlockRow,
  HistoryEntry,
  IndexedCoin,
  OutputFact,
  PageFault,
  PageQuery,
  SeedCoin,
  Spender,
} from "#shared/ports/address-index.ts";
import {
  type BlockFacts,
  isCoin,
  OP_RETURN,
  type OutputToIndex,
  type OwnerFlow,
  type SpentFact,
  type TransactionFacts,
} from "#shared/ports/block-facts.ts";
import {
  BEFORE_ALL,
  checkPageLimit,
  decodePageCursor,
  type Place,
} from "#shared/ports/page-cursor.ts";
import { amount, type HashHex, type Height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { Result } from "#shared/primitives/result.ts";
import { ownerScript } from "#shared/script/owner-script.ts";

/** One transaction of the followed chain. */
interface Placed {
  readonly row: BlockRow;
  readonly facts: TransactionFacts<string>;
}

/** One output of it. */
interface PlacedOutput extends Placed {
  readonly index: number;
  readonly output: OutputToIndex<string>;
}

/** How owners are told apart in memory. @returns `undefined` for the empty script */
export function ownerKey(script: Uint8Array): string | undefined {
  return script.length === 0 ? undefined : toHex(ownerScript(script));
}

/** Stands where nothing is known of an output but that it is no coin. */
const GONE: OutputToIndex<string> = {
  value: amount(0n),
  scriptPubKey: Uint8Array.of(OP_RETURN),
  owner: undefined,
  staker: undefined,
};

const indexOf = ({ index }: SeedCoin): number => index;

/** Facts of all blocks, and the chain that is followed. Every question walks that chain. */
export class FactChain {
  readonly blocks = new Map<HashHex, BlockFacts<string>>();
  readonly outputs = new Map<string, OutputFact & SpentFact<string>>();
  /** Heights of transactions that were made below the first block, by txid. */
  readonly origins = new Map<HashHex, Height>();
  /** Hashes from the first block up. */
  #chain: HashHex[] = [];
  #base = 0;

  clear(): void {
    this.blocks.clear();
    this.outputs.clear();
    this.origins.clear();
    this.#chain = [];
    this.#base = 0;
  }

  begin(row: BlockRow): void {
    this.clear();
    this.#base = row.height;
    this.blocks.set(row.hash, { prev: row.hash, row, transactions: [] });
  }

  /** Coins of the first block, as if it had made them. */
  seed(coins: readonly (SeedCoin & SpentFact<string>)[]): void {
    const [base] = this.blocks.values();
    if (base === undefined) throw new RangeError("coins were seeded before their block");
    const transactions = [...base.transactions];
    for (const [txid, made] of Map.groupBy(coins, (coin) => toHashHex(coin.txid))) {
      const [first] = made;
      if (first === undefined) continue;
      this.origins.set(txid, first.height);
      const outputs = new Array<OutputToIndex<string>>(1 + Math.max(...made.map(indexOf))).fill(
        GONE,
      );
      const flows = new Map<string, OwnerFlow<string>>();
      for (const coin of made) {
        outputs[coin.index] = coin;
        this.outputs.set(outpointKey(coin), coin);
        for (const owner of [coin.owner, coin.staker]) {
          if (owner === undefined) continue;
          const received = (flows.get(owner)?.received ?? 0n) + coin.value;
          flows.set(owner, { owner, received, sent: 0n });
        }
      }
      const { kind, time } = first;
      const tx = { txid: first.txid, time };
      const position = transactions.length;
      transactions.push({ tx, position, kind, outputs, spends: [], flows: [...flows.values()] });
    }
    this.blocks.set(base.row.hash, { ...base, transactions });
  }

  follow(hash: HashHex): void {
    const chain: HashHex[] = [];
    for (let at = this.blocks.get(hash); at !== undefined; at = this.blocks.get(at.prev)) {
      chain.push(at.row.hash);
      if (at.row.height === this.#base) break;
    }
    const first = this.blocks.get(chain.at(-1) ?? hash);
    if (first?.row.height !== this.#base)
      throw new RangeError(`followed a block never added: ${hash}`);
    this.#chain = chain.reverse();
  }

  rowAt(height: number): BlockRow | undefined {
    const hash = this.#chain[height - this.#base];
    return hash === undefined ? undefined : this.blocks.get(hash)?.row;
  }

  get height(): number {
    return this.#base + this.#chain.length - 1;
  }

  /** The first block of what is followed. */
  base(): BlockRow | undefined {
    return this.rowAt(this.#base);
  }

  tip(): BlockRow {
    const row = this.rowAt(this.height);
    if (row === undefined) throw new RangeError("the index follows no chain yet");
    return row;
  }

  /** Every transaction of the chain up to a height, newest first. */
  *placed(heightMax = this.height): Generator<Placed> {
    for (const hash of this.#chain.slice(0, heightMax + 1 - this.#base).reverse()) {
      const block = this.blocks.get(hash);
      if (block === undefined) continue;
      for (const facts of block.transactions.toReversed()) yield { row: block.row, facts };
    }
  }

  /** Outputs of a transaction of the chain; none where it is not there. */
  outputsOf(txid: HashHex): readonly OutputToIndex<string>[] {
    for (const { facts } of this.placed()) {
      if (toHashHex(facts.tx.txid) === txid) return facts.outputs;
    }
    return [];
  }

  /** The highest spender of each outpoint. */
  spenders(heightMax = this.height): Map<string, Spender> {
    const spenders = new Map<string, Spender>();
    for (const { row, facts } of this.placed(heightMax)) {
      for (const [input, outpoint] of facts.spends.entries()) {
        const key = outpointKey(outpoint);
        const spender = { txid: toHashHex(facts.tx.txid), input, height: row.height };
        if (!spenders.has(key)) spenders.set(key, spender);
      }
    }
    return spenders;
  }

  *entries(script: Uint8Array, heightMax = this.height): Generator<HistoryEntry> {
    const owner = ownerKey(script);
    for (const { row, facts } of this.placed(heightMax)) {
      const flow = facts.flows.find((candidate) => candidate.owner === owner);
      if (flow === undefined) continue;
      yield {
        txid: toHashHex(facts.tx.txid),
        height: row.height,
        hash: row.hash,
        blockTime: row.time,
        position: facts.position,
        kind: facts.kind,
        received: amount(flow.received),
        sent: amount(flow.sent),
      };
    }
  }

  *coins(script: Uint8Array, heightMax: number): Generator<IndexedCoin & Place> {
    const owner = ownerKey(script);
    for (const { row, facts, index, output } of this.unspent(heightMax)) {
      const { tx, kind, position } = facts;
      const listed = output.owner === owner || output.staker === owner;
      if (owner === undefined || !listed) continue;
      const { value, scriptPubKey } = output;
      const txid = toHashHex(tx.txid);
      const height = this.origins.get(txid) ?? row.height;
      yield { txid, index, value, scriptPubKey, time: tx.time, kind, height, position };
    }
  }

  /** Every coin of the chain, newest first. */
  *unspent(heightMax = this.height): Generator<PlacedOutput> {
    const spenders = this.spenders(heightMax);
    for (const { row, facts } of this.placed(heightMax)) {
      for (const [index, output] of [...facts.outputs.entries()].reverse()) {
        const spender = spenders.get(outpointKey({ txid: facts.tx.txid, index }));
        const spent = spender !== undefined && spender.height >= row.height;
        if (!spent && isCoin(output, row.height)) yield { row, facts, index, output };
      }
    }
  }

  /** Where a list starts, and of which block it speaks. */
  start(query: PageQuery): Result<{ readonly at: BlockRow; readonly after: Place }, PageFault> {
    checkPageLimit(query.limit);
    if (query.cursor === undefined) {
      return { ok: true, value: { at: this.tip(), after: BEFORE_ALL } };
    }
    const cursor = decodePageCursor(query.cursor);
    if (cursor === undefined) return { ok: false, error: "bad cursor" };
    const at = this.blocks.get(cursor.at)?.row;
    if (at === undefined || this.rowAt(at.height)?.hash !== at.hash) {
      return { ok: false, error: "cursor left the chain" };
    }
    return { ok: true, value: { at, after: cursor.after } };
  }
}
