import type { PeerInput } from "#shared/p2p/peer-input.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import type { IngestDeps } from "./deps.ts";

/** A peer, as transactions see it. */
export interface RelayPeer {
  readonly id: string;
  handle(input: PeerInput): void;
}

/** Transactions that are asked of one peer at a time, and how long that counts. */
const ASKED_MAX = 10_000;
const ASKED_MS = 60_000;
/** Transactions that a newcomer is told of. */
const TOLD_MAX = 5_000;
/** Transactions that wait for the pool; what comes above is left aside. */
const OFFERED_MAX = 1_000;

/** Brings transactions from peers to the pool, and tells peers of those that entered it. */
export class TransactionRelay {
  readonly #deps: Pick<IngestDeps, "pool" | "clock">;
  readonly #peers: ReadonlySet<RelayPeer>;
  readonly #failed: (cause: unknown) => void;
  /** Of whom each is asked, and until when nobody else is. */
  readonly #asked = new Map<HashHex, { readonly peer: string; readonly untilMs: number }>();
  #offered = 0;

  /** @param peers whoever hears of what entered the pool */
  constructor(
    deps: Pick<IngestDeps, "pool" | "clock">,
    peers: ReadonlySet<RelayPeer>,
    failed: (cause: unknown) => void,
  ) {
    this.#deps = deps;
    this.#peers = peers;
    this.#failed = failed;
  }

  /** Ask for those that the pool lacks and nobody was asked for. */
  announced(peer: RelayPeer, txids: readonly Hash256[]): void {
    const { pool, clock } = this.#deps;
    if (pool === undefined) return;
    const ask = async (): Promise<void> => {
      const wanted: Hash256[] = [];
      for (const txid of txids) {
        const name = toHashHex(txid);
        const nowMs = clock.elapsedMs();
        if ((this.#asked.get(name)?.untilMs ?? 0) > nowMs || !(await pool.wants(name))) continue;
        this.#remember(name, { peer: peer.id, untilMs: nowMs + ASKED_MS });
        wanted.push(txid);
      }
      if (wanted.length > 0) peer.handle({ kind: "requestTransactions", txids: wanted });
    };
    ask().catch(this.#failed);
  }

  delivered(peer: RelayPeer, transaction: HashedTransaction): void {
    const { pool } = this.#deps;
    this.#asked.delete(toHashHex(transaction.txid));
    if (pool === undefined || this.#offered >= OFFERED_MAX) return;
    this.#offered++;
    pool
      .offer(transaction, peer.id)
      .catch(this.#failed)
      .finally(() => this.#offered--);
  }

  absent(_peer: RelayPeer, txids: readonly Hash256[]): void {
    for (const txid of txids) this.#asked.delete(toHashHex(txid));
  }

  leave(peer: RelayPeer): void {
    for (const [txid, asked] of this.#asked) {
      if (asked.peer === peer.id) this.#asked.delete(txid);
    }
  }

  /** A newcomer is told of all that waits here: it may have been away while it was announced. */
  join(peer: RelayPeer): void {
    const tell = async (): Promise<void> => {
      const ids = (await this.#deps.pool?.ids()) ?? [];
      const txids = ids.slice(0, TOLD_MAX).map(fromHashHex);
      if (txids.length > 0) peer.handle({ kind: "announceTransactions", txids });
    };
    tell().catch(this.#failed);
  }

  /** A transaction entered the pool: everybody who wants to know is told, in time. */
  accepted(txid: HashHex): void {
    const txids = [fromHashHex(txid)];
    for (const peer of this.#peers) peer.handle({ kind: "announceTransactions", txids });
  }

  #remember(txid: HashHex, asked: { readonly peer: string; readonly untilMs: number }): void {
    this.#asked.delete(txid);
    this.#asked.set(txid, asked);
    if (this.#asked.size <= ASKED_MAX) return;
    for (const oldest of this.#asked.keys()) {
      this.#asked.delete(oldest);
      return;
    }
  }
}
