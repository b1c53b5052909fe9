import type {
  BlockRow,
  HistoryEntry,
  IndexedCoin,
  OutputFact,
  PageFault,
  PageQuery,
  Spender,
} from "#shared/ports/address-index.ts";
import { amount, type HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import type { Result } from "#shared/primitives/result.ts";
import { ownerScript } from "#shared/script/owner-script.ts";
import {
  type BlockFacts,
  isCoin,
  outpointKey,
  type SpentFact,
  type TransactionFacts,
} from "./block-facts.ts";
import { BEFORE_ALL, checkPageLimit, decodePageCursor, type Place } from "./page-cursor.ts";

/** One transaction of the followed chain. */
interface Placed {
  readonly row: BlockRow;
  readonly facts: TransactionFacts<string>;
}

/** How owners are told apart in memory. @returns `undefined` for the empty script */
export function ownerKey(script: Uint8Array): string | undefined {
  return script.length === 0 ? undefined : toHex(ownerScript(script));
}

/** Facts of all blocks, and the chain that is followed. Every question walks that chain. */
export class FactChain {
  readonly blocks = new Map<HashHex, BlockFacts<string>>();
  readonly outputs = new Map<string, OutputFact & SpentFact<string>>();
  #chain: HashHex[] = [];

  clear(): void {
    this.blocks.clear();
    this.outputs.clear();
    this.#chain = [];
  }

  follow(hash: HashHex): void {
    const chain: HashHex[] = [];
    for (let at = this.blocks.get(hash); at !== undefined; at = this.blocks.get(at.prev)) {
      chain.push(at.row.hash);
    }
    const first = this.blocks.get(chain.at(-1) ?? hash);
    if (first?.row.height !== 0) throw new RangeError(`followed a block never added: ${hash}`);
    this.#chain = chain.reverse();
  }

  rowAt(height: number): BlockRow | undefined {
    const hash = this.#chain[height];
    return hash === undefined ? undefined : this.blocks.get(hash)?.row;
  }

  get height(): number {
    return this.#chain.length - 1;
  }

  tip(): BlockRow {
    const row = this.rowAt(this.height);
    if (row === undefined) throw new RangeError("the index follows no chain yet");
    return row;
  }

  /** Every transaction of the chain up to a height, newest first. */
  *placed(heightMax = this.height): Generator<Placed> {
    for (const hash of this.#chain.slice(0, heightMax + 1).reverse()) {
      const block = this.blocks.get(hash);
      if (block === undefined) continue;
      for (const facts of block.transactions.toReversed()) yield { row: block.row, facts };
    }
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
    const spenders = this.spenders(heightMax);
    for (const { row, facts } of this.placed(heightMax)) {
      const { tx, kind, position } = facts;
      for (const [index, output] of [...facts.outputs.entries()].reverse()) {
        const spender = spenders.get(outpointKey({ txid: tx.txid, index }));
        const spent = spender !== undefined && spender.height >= row.height;
        const listed = output.owner === owner || output.staker === owner;
        if (owner === undefined || !listed || spent) continue;
        if (!isCoin(output, row.height)) continue;
        const { value, scriptPubKey } = output;
        const txid = toHashHex(tx.txid);
        const { height } = row;
        yield { txid, index, value, scriptPubKey, time: tx.time, kind, height, position };
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
