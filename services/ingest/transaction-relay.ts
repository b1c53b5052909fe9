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
/** Others that announced what one is asked for: who keeps it back is not the last to be asked. */
const OTHERS_MAX = 8;
/**
 * Transactions that wait for the pool, and bytes of them: those of one message. Decoded, they take many
 * times as much. What comes above is left aside.
 */
const OFFERED_MAX = 1_000;
const OFFERED_BYTES_MAX = 4 * 1_048_576;

/** Of whom a transaction is asked, until when nobody else is, and who else has it. */
interface Asked {
  readonly peer: string;
  readonly untilMs: number;
  readonly others: RelayPeer[];
}

/** Brings transactions from peers to the pool, and tells peers of those that entered it. */
export class TransactionRelay {
  readonly #deps: Pick<IngestDeps, "pool" | "clock">;
  readonly #peers: ReadonlySet<RelayPeer>;
  readonly #failed: (cause: unknown) => void;
  /** Those that were asked for first stand first. */
  readonly #asked = new Map<HashHex, Asked>();
  #offered = 0;
  #offeredBytes = 0;

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
    this.#ask(peer, txids.map(toHashHex)).catch(this.#failed);
  }

  /** Once a second or oftener: who was asked in vain loses his turn. */
  tick(): void {
    const nowMs = this.#deps.clock.elapsedMs();
    for (const [txid, { untilMs }] of this.#asked) {
      if (untilMs > nowMs) return;
      this.#askNext(txid);
    }
  }

  delivered(peer: RelayPeer, transaction: HashedTransaction): void {
    const { pool } = this.#deps;
    this.#asked.delete(toHashHex(transaction.txid));
    const { length } = transaction.raw;
    const isFull = this.#offered >= OFFERED_MAX || this.#offeredBytes + length > OFFERED_BYTES_MAX;
    if (pool === undefined || isFull) return;
    this.#offered++;
    this.#offeredBytes += length;
    pool
      .offer(transaction, peer.id)
      .catch(this.#failed)
      .finally(() => {
        this.#offered--;
        this.#offeredBytes -= length;
      });
  }

  absent(peer: RelayPeer, txids: readonly Hash256[]): void {
    for (const txid of txids.map(toHashHex)) {
      if (this.#asked.get(txid)?.peer === peer.id) this.#askNext(txid);
    }
  }

  leave(peer: RelayPeer): void {
    for (const [txid, asked] of [...this.#asked]) {
      if (asked.peer === peer.id) this.#askNext(txid);
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

  async #ask(
    peer: RelayPeer,
    txids: readonly HashHex[],
    others: readonly RelayPeer[] = [],
  ): Promise<void> {
    const { pool, clock } = this.#deps;
    if (pool === undefined) return;
    const wanted: Hash256[] = [];
    for (const txid of txids) {
      if (!(await pool.wants(txid))) continue;
      const nowMs = clock.elapsedMs();
      const asked = this.#asked.get(txid);
      if (asked !== undefined && asked.untilMs > nowMs) noteOther(asked, peer);
      else {
        this.#remember(txid, { peer: peer.id, untilMs: nowMs + ASKED_MS, others: [...others] });
        wanted.push(fromHashHex(txid));
      }
    }
    if (wanted.length > 0) peer.handle({ kind: "requestTransactions", txids: wanted });
  }

  /** Whoever announced it next is asked now, if he is still there. */
  #askNext(txid: HashHex): void {
    const left = this.#asked.get(txid)?.others.filter((other) => this.#peers.has(other)) ?? [];
    this.#asked.delete(txid);
    const [next, ...others] = left;
    if (next !== undefined) this.#ask(next, [txid], others).catch(this.#failed);
  }

  #remember(txid: HashHex, asked: Asked): void {
    this.#asked.delete(txid);
    this.#asked.set(txid, asked);
    if (this.#asked.size <= ASKED_MAX) return;
    for (const oldest of this.#asked.keys()) {
      this.#asked.delete(oldest);
      return;
    }
  }
}

function noteOther({ peer, others }: Asked, other: RelayPeer): void {
  const isNew = other.id !== peer && !others.includes(other);
  if (isNew && others.length < OTHERS_MAX) others.push(other);
}
