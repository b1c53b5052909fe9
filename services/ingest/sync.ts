import { hashAt } from "#shared/coins/view.ts";
import { blameOf } from "#shared/p2p/blame-of.ts";
import type { PeerInput } from "#shared/p2p/peer-input.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import { type BadBlockReport, BlockSync, type Source } from "./block-sync.ts";
import { type Ahead, type ChainEnd, HeaderPool } from "./claimed-chain.ts";
import type { IngestDeps } from "./deps.ts";
import { hasBlock } from "./has-block.ts";
import { type BatchOutcome, type HeaderBatch, HeaderSync } from "./header-sync.ts";
import { locatorFor } from "./locator.ts";
import { createSyncState, type SyncState } from "./sync-state.ts";

/** A peer whose handshake is done, as the synchronisation drives it. */
export interface SyncPeer extends Source {
  /** Decide and do what follows from it. */
  handle(input: PeerInput): void;
  /** What its clock says now, if it went on as when it greeted; `undefined` before that. */
  clockSeconds(): number | undefined;
}

/** What is remembered of a peer beside its chain. */
interface Following {
  /** Its chain goes on above what we had room for. */
  hasMore: boolean;
  /** Monotonic milliseconds of the last request after headers that hung in the air. */
  resyncedAtMs: number;
  /** Batches that wait to be judged. */
  waiting: number;
  /** Monotonic milliseconds of the last request for headers, and of the last headers that came. */
  askedAtMs: number;
  heardAtMs: number;
  /** Of the last header that was new. */
  grewAtMs: number;
  /** Headers of it were left aside unread, so that it may have more than we know. */
  missed: boolean;
}

/** Batches of one peer that wait to be judged; what comes above is asked for again. */
const WAITING_MAX = 8;
/** Bytes of the messages of all that wait: proofs of a megabyte each would else take gigabytes. */
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
/** How long an answer is waited for, and how long who answered is believed to be up to date. */
const ANSWER_MS = 15_000;
const ASK_AGAIN_MS = 60_000;
/** From a request to the next for what was left aside. */
const MISSED_MS = 1_000;
/** From one attempt to find a common block to the next. */
const RESYNC_MS = 10_000;
/** A lone header that is so far ahead of all we know of its peer is not looked into. */
const AHEAD_SECONDS = 7_200;
/** How far ahead of its own clock a peer's header may be. */
const CLOCK_SECONDS = 60;
/** A batch of so many headers is followed by another. */
const FULL_BATCH = 1_000;

/** Follows the heaviest valid chain of all peers. */
export class Sync {
  readonly #deps: IngestDeps;
  readonly #peers = new Map<string, SyncPeer>();
  readonly #following = new Map<string, Following>();
  /** Headers that peers showed and whose blocks are not stored. */
  readonly pool = new HeaderPool();
  readonly #headers: HeaderSync;
  readonly #blocks: BlockSync;
  /** Where it stands. */
  readonly state: SyncState;
  #lane: Promise<void> = Promise.resolve();
  #waitingBytes = 0;

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    this.#headers = new HeaderSync(deps, this.pool);
    this.state = createSyncState(deps);
    this.#blocks = new BlockSync(deps, this.#peers, {
      bad: (report) => this.bad(report),
      unreadable: (peer) =>
        this.#peers.get(peer)?.handle({ kind: "unreadable", reason: "message unreadable" }),
      stored: () => void this.moved(),
      failed: (cause) => this.#failed(cause),
    });
  }

  /** The handshake is done. */
  join(peer: SyncPeer): void {
    this.#peers.set(peer.id, peer);
    this.#following.set(peer.id, {
      hasMore: false,
      resyncedAtMs: 0,
      waiting: 0,
      askedAtMs: 0,
      heardAtMs: 0,
      grewAtMs: 0,
      missed: false,
    });
    this.state.peers(this.#peers.size);
  }

  /** The connection is closed. */
  leave(peer: SyncPeer): void {
    if (!this.#peers.delete(peer.id)) return;
    this.#following.delete(peer.id);
    peer.chain.clear();
    this.#blocks.dropPeer(peer.id);
    this.state.answered(peer.id);
    this.state.peers(this.#peers.size);
    void this.#inLane(() => this.#retarget());
  }

  askHeaders(peer: SyncPeer): void {
    const ask = async (): Promise<void> => {
      if (!this.#peers.has(peer.id)) return;
      const following = this.#following.get(peer.id);
      if (following !== undefined) following.askedAtMs = this.#deps.clock.elapsedMs();
      const { locator, height } = await locatorFor(peer.chain, this.#deps);
      peer.handle({ kind: "requestHeaders", locator, stop: zeroHash(), height });
      this.state.asked(peer.id);
    };
    void this.#inLane(ask);
  }

  /** A peer presented headers, asked or not. */
  presented(peer: SyncPeer, batch: HeaderBatch): void {
    const following = this.#following.get(peer.id);
    if (following === undefined) return;
    const bytes = bytesOf(batch);
    if (following.waiting >= WAITING_MAX || this.#waitingBytes + bytes > WAITING_BYTES_MAX) {
      following.missed = true;
      return;
    }
    following.waiting++;
    this.#waitingBytes += bytes;
    following.heardAtMs = this.#deps.clock.elapsedMs();
    void this.#inLane(async () => {
      following.waiting--;
      this.#waitingBytes -= bytes;
      if (!this.#peers.has(peer.id)) return;
      const outcome = await this.#headers.take(peer.chain, batch);
      this.state.answered(peer.id);
      this.#follow(peer, following, { batch, outcome });
      await this.#retarget();
    });
  }

  /** A peer told of more than it may, and some of it was left aside: it is asked in time. */
  missed(peer: SyncPeer): void {
    const following = this.#following.get(peer.id);
    if (following !== undefined) following.missed = true;
  }

  /** A peer told of blocks by their hashes. */
  announced(peer: SyncPeer, hashes: readonly Hash256[]): void {
    void this.#inLane(async () => {
      for (const hash of hashes.slice(-1)) {
        const ahead = this.pool.get(toHashHex(hash));
        const stored = await this.#deps.headers.get(toHashHex(hash));
        const work = peer.chain.end?.work ?? -1n;
        if (ahead === undefined && !(await hasBlock(stored, this.#deps))) this.askHeaders(peer);
        else if (ahead !== undefined && !ahead.stored) {
          if (ahead.work > work) peer.chain.follow(ahead);
        } else if (stored !== undefined && stored.record.work > work) {
          peer.chain.endAt(stored.record);
        }
      }
      await this.#retarget();
    });
  }

  /** A block that was asked for. @param bytes copied where they are kept */
  delivered(peer: SyncPeer, hash: Hash256, bytes: Uint8Array): void {
    this.#blocks.arrived(peer.id, toHashHex(hash), bytes);
  }

  absent(peer: SyncPeer, hashes: readonly Hash256[]): void {
    this.#blocks.refused(peer.id, hashes.map(toHashHex));
  }

  /** Something was judged bad: its sender or all who claim it are banned, or nobody. */
  bad({ hash, error, sender }: BadBlockReport): void {
    const ahead = this.pool.get(hash);
    const reason = `${error.code} at the ${error.stage} stage`;
    // A header that is too early by now was not when it was judged: our clock went back.
    const isEarly = error.stage === "header" && error.effect === "until";
    const blame = isEarly ? "nobody" : blameOf(error);
    const to = sender === undefined ? undefined : this.#peers.get(sender);
    if (error.effect === "bytes") {
      to?.handle({ kind: "violation", reason });
      return;
    }
    this.#blocks.condemn(hash);
    const claimants =
      ahead === undefined ? [] : [...this.#peers.values()].filter(({ chain }) => chain.has(ahead));
    for (const peer of claimants) {
      if (ahead !== undefined) peer.chain.cutBefore(ahead);
      if (blame !== "nobody") peer.handle({ kind: "violation", reason });
    }
    if (blame !== "nobody" && to !== undefined && !claimants.includes(to)) {
      to.handle({ kind: "violation", reason });
    }
    void this.#inLane(() => this.#retarget());
  }

  /** The body of a stored block is gone: it proved not to be what its header commits to. */
  lost(hash: HashHex): void {
    const ahead = this.pool.get(hash);
    if (ahead === undefined) return;
    ahead.stored = false;
    void this.#inLane(() => this.#retarget());
  }

  /** Where the heaviest chain of all peers ends. */
  best(): ChainEnd | undefined {
    let best: ChainEnd | undefined;
    for (const { chain } of this.#peers.values()) {
      if ((chain.end?.work ?? -1n) > (best?.work ?? -1n)) best = chain.end;
    }
    return best && { hash: best.hash, height: best.height, work: best.work };
  }

  /** Blocks asked of a peer, by height. */
  inFlightOf(peer: string): readonly number[] {
    return this.#blocks.inFlightOf(peer);
  }

  /** Height of the last block of a peer's chain that is ours too; `undefined`: nothing is known. */
  commonHeight({ chain }: SyncPeer): number | undefined {
    const [first] = chain.items;
    return first === undefined ? chain.end?.height : first.height - 1;
  }

  /** Our chain ends elsewhere, or more blocks of theirs are stored. */
  moved(): Promise<void> {
    return this.#inLane(() => this.#moved());
  }

  async #moved(): Promise<void> {
    const tip = await this.#deps.coins.tip();
    if (tip === undefined) return;
    const isOurs = (ahead: Ahead) =>
      ahead.height < tip.base || hashAt(tip, ahead.height) === ahead.hash;
    for (const peer of this.#peers.values()) {
      peer.chain.trim(isOurs);
      const following = this.#following.get(peer.id);
      if (following?.hasMore !== true || !this.#headers.hasRoom(peer.chain)) continue;
      following.hasMore = false;
      this.askHeaders(peer);
    }
    await this.#retarget();
  }

  async tick(): Promise<void> {
    this.state.tick();
    this.#askSilent();
    await this.#blocks.tick(await this.#tipWork());
    await this.moved();
  }

  /**
   * A request or an announcement may have been lost, or left aside: whoever says nothing for long,
   * or said more than could wait, is asked.
   */
  #askSilent(): void {
    const nowMs = this.#deps.clock.elapsedMs();
    for (const peer of this.#peers.values()) {
      const following = this.#following.get(peer.id);
      if (following === undefined) continue;
      const { askedAtMs, heardAtMs, waiting } = following;
      const isOpen = askedAtMs > heardAtMs;
      const isSilent = nowMs - Math.max(askedAtMs, heardAtMs) > (isOpen ? ANSWER_MS : ASK_AGAIN_MS);
      const isMissed = following.missed && waiting === 0 && nowMs - askedAtMs > MISSED_MS;
      if (!isSilent && !isMissed) continue;
      following.missed = false;
      this.askHeaders(peer);
    }
  }

  #follow(
    peer: SyncPeer,
    following: Following,
    { batch, outcome }: { readonly batch: HeaderBatch; readonly outcome: BatchOutcome },
  ): void {
    const { log, clock } = this.#deps;
    switch (outcome.state) {
      case "taken":
        if (outcome.added === 0 && !outcome.full) return;
        following.grewAtMs = clock.elapsedMs();
        following.hasMore = outcome.full || batch.headers.length >= FULL_BATCH;
        if (outcome.full && this.#headers.isFull()) this.#makeRoom(peer);
        if (!following.hasMore || !this.#headers.hasRoom(peer.chain)) return;
        following.hasMore = false;
        this.askHeaders(peer);
        return;
      case "unattached": {
        const known = peer.chain.last?.record?.header.time ?? Number.POSITIVE_INFINITY;
        if (batch.headers.length === 1 && outcome.time > known + AHEAD_SECONDS) return;
        const nowMs = clock.elapsedMs();
        if (following.resyncedAtMs !== 0 && nowMs - following.resyncedAtMs < RESYNC_MS) return;
        following.resyncedAtMs = nowMs;
        peer.chain.clear();
        this.askHeaders(peer);
        return;
      }
      case "bad":
        if (outcome.time !== undefined && this.#isHonest(peer, outcome.time)) {
          log.debug("headers of another clock left aside", { peer: peer.id });
          return;
        }
        peer.handle({ kind: "violation", reason: outcome.reason });
        return;
      case "unjudged":
        log.debug("headers left aside", { peer: peer.id, code: outcome.error.code });
        return;
      case "ignored":
        log.debug("headers without proofs left aside", { peer: peer.id });
    }
  }

  /** Who showed headers long ago, of a chain that is not downloaded, gives way to a newcomer. */
  #makeRoom(newcomer: SyncPeer): void {
    const goal = this.#blocks.target;
    let oldest: SyncPeer | undefined;
    const grewAt = (peer: SyncPeer) => this.#following.get(peer.id)?.grewAtMs ?? 0;
    for (const peer of this.#peers.values()) {
      const isWanted = goal !== undefined && peer.chain.has(goal);
      if (peer === newcomer || isWanted || peer.chain.items.length === 0) continue;
      if (oldest === undefined || grewAt(peer) < grewAt(oldest)) oldest = peer;
    }
    oldest?.chain.clear();
  }

  /** Whether a header that is ahead of our clock is not ahead of its peer's: ours may have jumped. */
  #isHonest(peer: SyncPeer, time: number): boolean {
    const theirs = peer.clockSeconds();
    return theirs !== undefined && time <= theirs + CLOCK_SECONDS;
  }

  async #retarget(): Promise<void> {
    const work = await this.#tipWork();
    this.#blocks.retarget(work);
    this.state.goal(this.#blocks.goal?.height);
  }

  async #tipWork(): Promise<bigint> {
    return (await this.#deps.coins.tip())?.work ?? 0n;
  }

  /** One after the other; a failure of one says nothing about the next. */
  #inLane(task: () => Promise<void>): Promise<void> {
    this.#lane = this.#lane.then(task).catch((cause: unknown) => this.#failed(cause));
    return this.#lane;
  }

  #failed(cause: unknown): void {
    // A fault of the store passes or stops the node elsewhere; anything else is a bug of ours.
    if (!(cause instanceof StoreFault)) throw cause;
    this.#deps.log.error(cause.code ?? "EXOS-E1000", "synchronisation waits for the store", {
      err: String(cause),
    });
  }
}

/** What a batch keeps in memory: every header and proof of it is a view of one message. */
function bytesOf({ headers }: HeaderBatch): number {
  return headers[0]?.header.bytes.buffer.byteLength ?? 0;
}
