import type { ConsensusError } from "#shared/consensus/verdict.ts";
import { Download, type MissingBlock } from "#shared/p2p/download.ts";
import { createTurns } from "#shared/ports/turns.ts";
import { type Hash256, type HashHex, type Height, height } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { Ahead, ChainEnd, ClaimedChain } from "./claimed-chain.ts";
import type { BlockDoor, Delivery, IngestDeps } from "./deps.ts";

/** What a peer is to the download. */
export interface Source {
  readonly id: string;
  readonly chain: ClaimedChain;
  /** Monotonic milliseconds until which its claims count for nothing: nobody served them. */
  distrustedUntilMs: number;
  requestBlocks(hashes: readonly Hash256[]): void;
}

/** A verdict on what peers sent or claim. */
export interface BadBlockReport {
  readonly hash: HashHex;
  readonly error: Pick<ConsensusError, "code" | "stage" | "effect">;
  /** Who delivered its bytes; `undefined` where it was found bad later. */
  readonly sender: string | undefined;
}

/** What the download tells whoever owns the peers. */
export interface BlockSyncEvents {
  bad(report: BadBlockReport): void;
  /** The bytes are no block. */
  unreadable(peer: string): void;
  /** Blocks were stored, and the chains of peers may begin higher. */
  stored(): void;
  /** A fault of the world, after which the download stands still until the next tick. */
  failed(cause: unknown): void;
}

/** Blocks of one chain that are looked at at once. */
const TARGET_BLOCKS = 4_096;
/** Bytes of blocks that wait for their parents or for the judge. */
const HELD_BYTES_MAX = 48 * 1024 * 1024;
/** Blocks over which their usual size is taken. */
const USUAL_OVER = 16;
/** Without another block for so long, what was gathered becomes the tip. */
const SETTLE_MS = 250;
/** Without a block of a chain for so long, another is tried. */
const STUCK_MS = 20_000;
/** How long the claims of who served nothing of them count for nothing. */
const DISTRUST_MS = 600_000;

interface Held {
  readonly bytes: Uint8Array;
  readonly peer: string;
}

/**
 * Brings the blocks of the heaviest chain that a peer claims: asks for them in a window, keeps what
 * comes early in bounded memory, and hands them to the judge in order. Nothing is stored before the
 * judge has seen its parent.
 */
export class BlockSync {
  readonly #deps: IngestDeps;
  readonly #events: BlockSyncEvents;
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #door: BlockDoor;
  readonly #download: Download;
  readonly #turn: () => Promise<void>;
  readonly #held = new Map<HashHex, Held>();
  #heldBytes = 0;
  /** Of a block lately, in bytes. */
  #usualBytes = 0;
  #target: readonly Ahead[] = [];
  #next = 0;
  /** Is with the judge now. */
  #taking: Ahead | undefined;
  /** Where the chain that is wanted ends; `undefined` where nobody served what it claims. */
  #goal: ChainEnd | undefined;
  #draining = false;
  #unsettled = false;
  #lastMs = 0;

  constructor(deps: IngestDeps, sources: ReadonlyMap<string, Source>, events: BlockSyncEvents) {
    this.#deps = deps;
    this.#events = events;
    this.#sources = sources;
    this.#door = deps.chain.receive();
    this.#download = new Download();
    this.#turn = createTurns(deps);
  }

  /** Where the chain ends that is downloaded; a claim that nobody serves is none. */
  get goal(): ChainEnd | undefined {
    return this.#goal;
  }

  /** The last block that is wanted now, of whatever chain. */
  get target(): Ahead | undefined {
    return this.#target.at(-1);
  }

  /** Heights of the blocks asked of a peer. */
  inFlightOf(peer: string): readonly number[] {
    return this.#download.inFlightOf(peer).map(({ height: at }) => at);
  }

  /** The tip, or the claims of a peer, are others than before. */
  retarget(tipWork: bigint): void {
    const best = this.#heaviest(tipWork);
    const wanted = best === undefined ? [] : this.#lacking(best.chain);
    const isTrusted = (best?.distrustedUntilMs ?? 0) <= this.#deps.clock.elapsedMs();
    this.#goal = wanted.length > 0 && isTrusted ? best?.chain.end : undefined;
    this.#aim(wanted);
    for (const source of this.#sources.values()) this.#tellHeight(source);
    this.#ask();
  }

  dropPeer(peer: string): void {
    this.#download.dropPeer(peer);
  }

  /** The peer has not got what it was asked for. */
  refused(peer: string, hashes: readonly HashHex[]): void {
    const absent = new Set(hashes);
    const blocks = this.#target.filter(({ hash }) => absent.has(hash)).map(missing);
    this.#download.refused(peer, blocks);
    this.#ask();
  }

  /** A block came. @param bytes copied where they are kept */
  arrived(peer: string, hash: HashHex, bytes: Uint8Array): void {
    const nowMs = this.#deps.clock.elapsedMs();
    if (this.#download.arrived(peer, fromHashHex(hash), nowMs) === "unwanted") return;
    const first = this.#first();
    if (this.#heldBytes + bytes.length > HELD_BYTES_MAX && hash !== first?.hash) {
      // Larger than the last ones were: it is asked for again once there is room.
      const ahead = this.#target.find((one) => one.hash === hash);
      if (ahead !== undefined) this.#download.returned(missing(ahead));
      return;
    }
    this.#held.set(hash, { bytes: bytes.slice(), peer });
    this.#heldBytes += bytes.length;
    this.#usualBytes += (bytes.length - this.#usualBytes) / USUAL_OVER;
    this.#lastMs = nowMs;
    const source = this.#sources.get(peer);
    if (source !== undefined) source.distrustedUntilMs = 0;
    this.#ask();
    void this.#drain();
  }

  /** Once a second or oftener: late peers lose their turn, and what waited for company is settled. */
  async tick(tipWork: bigint): Promise<void> {
    const nowMs = this.#deps.clock.elapsedMs();
    for (const { peer, hashes } of this.#download.stalled(nowMs)) {
      this.#deps.log.debug("blocks asked of another peer", { peer, blocks: hashes.length });
    }
    if (this.#target.length > 0 && nowMs - this.#lastMs > STUCK_MS) this.#giveUp(nowMs, tipWork);
    this.#ask();
    await this.#drain();
  }

  /** A block of the chain that is wanted proved bad: neither it nor what follows it is wanted. */
  condemn(hash: HashHex): void {
    const index = this.#target.findIndex((ahead) => ahead.hash === hash);
    if (index !== -1) this.#aim(this.#target.slice(0, index));
  }

  #heaviest(tipWork: bigint): Source | undefined {
    const nowMs = this.#deps.clock.elapsedMs();
    const goal = this.#target.at(-1);
    let best: Source | undefined;
    const rank = (source: Source) => [
      source.distrustedUntilMs <= nowMs ? 1n : 0n,
      source.chain.end?.work ?? 0n,
      // The first seen wins a tie.
      goal !== undefined && source.chain.has(goal) ? 1n : 0n,
    ];
    for (const source of this.#sources.values()) {
      if ((source.chain.end?.work ?? 0n) <= tipWork || source.chain.items.length === 0) continue;
      if (best === undefined || isAbove(rank(source), rank(best))) best = source;
    }
    return best;
  }

  /** The next blocks of a chain, as far as they may be asked for. */
  #lacking(chain: ClaimedChain): readonly Ahead[] {
    const wanted = chain.items.filter(({ stored }) => !stored).slice(0, TARGET_BLOCKS);
    const { network, checkpoints } = this.#deps;
    const last = network.consensus.checkpoints.at(-1)?.height ?? 0;
    const [first] = wanted;
    if (checkpoints === "assert" || first === undefined || first.height > last) return wanted;
    // Nothing proves these but the checkpoint above them.
    const end = chain.end?.height ?? 0;
    const vouched = network.consensus.checkpoints.findLast((row) => row.height <= end)?.height ?? 0;
    return vouched === last ? wanted : wanted.filter((ahead) => ahead.height <= vouched);
  }

  #aim(wanted: readonly Ahead[]): void {
    const before = this.#target.slice(this.#next).filter(({ stored }) => !stored);
    this.#target = wanted;
    this.#next = 0;
    if (before.length === 0) this.#lastMs = this.#deps.clock.elapsedMs();
    let same = 0;
    while (same < wanted.length && wanted[same] === before[same]) same++;
    const dropped = before[same];
    if (dropped !== undefined) this.#download.unwant(dropped.height);
    this.#download.want(
      wanted
        .slice(same)
        .filter((ahead) => ahead !== this.#taking && !this.#held.has(ahead.hash))
        .map(missing),
    );
    if (dropped !== undefined) this.#forgetHeld();
  }

  /** What came for a chain that is wanted no more. */
  #forgetHeld(): void {
    const wanted = new Set(this.#target.map(({ hash }) => hash));
    for (const [hash, { bytes }] of this.#held) {
      if (wanted.has(hash)) continue;
      this.#held.delete(hash);
      this.#heldBytes -= bytes.length;
    }
  }

  /** How far the chain that is wanted is the peer's too. */
  #tellHeight({ id, chain }: Source): void {
    let low = this.#next;
    let high = this.#target.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const ahead = this.#target[middle];
      if (ahead !== undefined && chain.has(ahead)) low = middle + 1;
      else high = middle;
    }
    const upTo: Height = this.#target[low - 1]?.height ?? height(0);
    this.#download.peerHas(id, low === this.#next ? height(0) : upTo);
  }

  /** The lowest block that is not stored. */
  #first(): Ahead | undefined {
    while (this.#target[this.#next]?.stored === true) this.#next++;
    return this.#target[this.#next];
  }

  /** Where there is no room, only what the judge waits for is asked for. */
  #ask(): void {
    const expected = this.#download.inFlight * this.#usualBytes;
    const isFull = this.#heldBytes + expected >= HELD_BYTES_MAX;
    const first = isFull ? this.#first() : undefined;
    if (first !== undefined && (this.#taking === first || this.#held.has(first.hash))) return;
    const countMax = isFull ? 0 : undefined;
    for (const { peer, hashes } of this.#download.next(this.#deps.clock.elapsedMs(), countMax)) {
      this.#sources.get(peer)?.requestBlocks(hashes);
    }
  }

  /** Hand over what came, in order, and settle it: the door serves one caller at a time. */
  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    try {
      // What comes while it is settled is next.
      do {
        for (let held = this.#takeNext(); held !== undefined; held = this.#takeNext()) {
          const delivery = await this.#take(held);
          this.#deliver(held, delivery);
          this.#ask();
          await this.#turn();
        }
        this.#events.stored();
        const quietMs = this.#deps.clock.elapsedMs() - this.#lastMs;
        if (this.#next >= this.#target.length || quietMs >= SETTLE_MS) await this.#settle();
      } while (this.#hasNext());
    } catch (cause) {
      this.#events.failed(cause);
    } finally {
      this.#draining = false;
    }
  }

  /** What the world does not let be judged now comes again. */
  async #take(held: Held & { readonly ahead: Ahead }): Promise<Delivery> {
    this.#taking = held.ahead;
    try {
      return await this.#door.take(held.bytes, held.peer);
    } catch (cause) {
      this.#held.set(held.ahead.hash, held);
      this.#heldBytes += held.bytes.length;
      throw cause;
    } finally {
      this.#taking = undefined;
    }
  }

  #hasNext(): boolean {
    const ahead = this.#first();
    return ahead !== undefined && this.#held.has(ahead.hash);
  }

  #takeNext(): (Held & { readonly ahead: Ahead }) | undefined {
    const ahead = this.#first();
    const held = ahead === undefined ? undefined : this.#held.get(ahead.hash);
    if (ahead === undefined || held === undefined) return undefined;
    this.#held.delete(ahead.hash);
    this.#heldBytes -= held.bytes.length;
    return { ...held, ahead };
  }

  #deliver({ ahead, peer }: Held & { readonly ahead: Ahead }, delivery: Delivery): void {
    const { hash } = ahead;
    // While the judge is at work, nobody keeps anything back.
    this.#lastMs = this.#deps.clock.elapsedMs();
    switch (delivery.state) {
      case "accepted":
        ahead.stored = true;
        this.#unsettled = true;
        return;
      case "known":
        if (delivery.stored.rejected === undefined) ahead.stored = true;
        else this.#events.bad({ hash, error: delivery.stored.rejected, sender: peer });
        return;
      case "refused":
        if (delivery.error.effect === "bytes") this.#wantAgain(peer, ahead);
        this.#events.bad({ hash, error: delivery.error, sender: peer });
        return;
      case "undecodable":
        this.#wantAgain(peer, ahead);
        this.#events.unreadable(peer);
        return;
      case "orphan":
      case "too-deep":
        this.#events.bad({ hash, error: NOT_FOLLOWED, sender: peer });
    }
  }

  /** Other bytes under this hash may be right. */
  #wantAgain(peer: string, ahead: Ahead): void {
    this.#download.refused(peer, [missing(ahead)]);
  }

  async #settle(): Promise<void> {
    if (!this.#unsettled) return;
    this.#unsettled = false;
    try {
      await this.#door.settle();
    } catch (cause) {
      this.#unsettled = true;
      this.#events.failed(cause);
    }
  }

  /** Nobody who claims this chain serves it: others have their turn. */
  #giveUp(nowMs: number, tipWork: bigint): void {
    const [waiting] = this.#target.slice(this.#next);
    if (waiting === undefined) return;
    for (const source of this.#sources.values()) {
      if (source.chain.has(waiting)) source.distrustedUntilMs = nowMs + DISTRUST_MS;
    }
    this.#lastMs = nowMs;
    this.#deps.log.info("nobody serves the chain that was announced", { height: waiting.height });
    this.retarget(tipWork);
  }
}

/** No rule says so: our own chain has gone on meanwhile. */
const NOT_FOLLOWED = {
  code: "proven-header-invalid-previous-header",
  stage: "header",
  effect: "unknown",
} as const;

function missing({ hash, height: at }: Ahead): MissingBlock {
  return { hash: fromHashHex(hash), height: at };
}

function isAbove(a: readonly bigint[], b: readonly bigint[]): boolean {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index !== -1 && (a[index] ?? 0n) > (b[index] ?? 0n);
}
