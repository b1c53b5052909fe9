import { DOWNLOAD_LIMITS, type DownloadLimits } from "#shared/p2p/download-limits.ts";
import type { Hash256, Height } from "#shared/primitives/brand.ts";
import { hashKey } from "#shared/primitives/hash-key.ts";

/** A block that is missing, on the chain that is wanted. */
export interface MissingBlock {
  readonly hash: Hash256;
  readonly height: Height;
}

/** What to ask of one peer, lowest block first. */
export interface DownloadOrder {
  readonly peer: string;
  readonly hashes: readonly Hash256[];
}

/** What became of a block that came in. */
export type Arrival =
  /** It was wanted, and is so no longer. */
  | "wanted"
  /** It came already, or is not on the chain that is wanted. */
  | "unwanted";

/** A peer that is late; its blocks were taken from it, and are the next ones to be asked for. */
export interface StalledPeer {
  readonly peer: string;
  readonly hashes: readonly Hash256[];
}

interface Entry extends MissingBlock {
  /** Its `hashKey`. */
  readonly key: string;
  /** Of whom it is asked, and since when. */
  peer: Source | undefined;
  askedAtMs: number;
  /** Who has not got it, or sent it wrong. */
  refusedBy: Set<string> | undefined;
}

interface Source {
  readonly name: string;
  upTo: Height;
  /** Blocks that may be asked of it at once. */
  limit: number;
  readonly inFlight: Map<string, Entry>;
  arrivedAtMs: number;
  restsUntilMs: number;
  /** Stalls since it last delivered. */
  stalls: number;
}

/**
 * Which block is asked of which peer. All peers share one window over the chain that is wanted; it
 * begins at the lowest missing block, so that one slow peer holds up the others for seconds. Who
 * delivers fast is asked for more, who stalls for less after a rest; nobody is banned for it.
 *
 * @source exos-l1.md 7.7
 */
export class Download {
  readonly #limits: DownloadLimits;
  /** Ascending by height. */
  #entries = new Map<string, Entry>();
  readonly #sources = new Map<string, Source>();

  constructor(limits: DownloadLimits = DOWNLOAD_LIMITS) {
    this.#limits = limits;
  }

  /** Blocks wanted that did not come, asked for or not. */
  get missing(): number {
    return this.#entries.size;
  }

  get inFlight(): number {
    let count = 0;
    for (const source of this.#sources.values()) count += source.inFlight.size;
    return count;
  }

  /** Blocks asked of one peer, in the order in which they were asked for. */
  inFlightOf(peer: string): readonly MissingBlock[] {
    return [...(this.#sources.get(peer)?.inFlight.values() ?? [])];
  }

  /**
   * Put the missing blocks of a chain, ascending, in the place of those from the first one's height
   * on. They are held in memory: a few windows full at a time are enough.
   */
  want(blocks: readonly MissingBlock[]): void {
    const [first] = blocks;
    if (first === undefined) return;
    const replaced = this.#cut(first.height);
    for (const { hash, height } of blocks) {
      const key = hashKey(hash);
      const before = replaced.get(key);
      replaced.delete(key);
      this.#entries.set(
        key,
        before ?? { hash, height, key, peer: undefined, askedAtMs: 0, refusedBy: undefined },
      );
    }
    for (const entry of replaced.values()) release(entry);
  }

  /** Nothing at this height and above is wanted any more: those headers proved bad. */
  unwant(from: Height): void {
    for (const entry of this.#cut(from).values()) release(entry);
  }

  /** The peer presented the wanted chain up to this height, inclusive; 0: nothing of it. */
  peerHas(peer: string, upTo: Height): void {
    const known = this.#sources.get(peer);
    if (known !== undefined) known.upTo = upTo;
    else {
      this.#sources.set(peer, {
        name: peer,
        upTo,
        limit: this.#limits.peerBlocks,
        inFlight: new Map(),
        arrivedAtMs: 0,
        restsUntilMs: 0,
        stalls: 0,
      });
    }
  }

  /**
   * What to ask for now, within the window and the limits of each peer.
   *
   * @param countMax most blocks, where there is no room for more; the lowest missing block is asked
   *   for in any case, since all others wait for it
   */
  next(nowMs: number, countMax = Number.POSITIVE_INFINITY): readonly DownloadOrder[] {
    // Half a load at least, so that orders are few and long.
    const free = [...this.#sources.values()].filter(
      ({ inFlight, limit, restsUntilMs }) => inFlight.size <= limit / 2 && restsUntilMs <= nowMs,
    );
    const orders = new Map<string, Hash256[]>();
    let left = countMax;
    let isLowest = true;
    for (const entry of this.#window()) {
      if (free.length === 0 || (left <= 0 && !isLowest)) break;
      isLowest = false;
      const source = entry.peer === undefined ? emptiest(free, entry) : undefined;
      if (source === undefined) continue;
      assign(entry, source, nowMs);
      left--;
      const hashes = orders.get(source.name) ?? [];
      hashes.push(entry.hash);
      orders.set(source.name, hashes);
      if (source.inFlight.size >= source.limit) free.splice(free.indexOf(source), 1);
    }
    return Array.from(orders, ([peer, hashes]) => ({ peer, hashes }));
  }

  /** A block came, asked of this peer or of another. */
  arrived(peer: string, hash: Hash256, nowMs: number): Arrival {
    const source = this.#sources.get(peer);
    const entry = this.#entries.get(hashKey(hash));
    if (source !== undefined) {
      source.arrivedAtMs = nowMs;
      source.stalls = 0;
    }
    if (entry === undefined) return "unwanted";
    if (source !== undefined && entry.peer === source) {
      this.#learn(source, nowMs - entry.askedAtMs);
    }
    release(entry);
    this.#entries.delete(entry.key);
    return "wanted";
  }

  /**
   * What this peer sent of the wanted chain is useless, or it has none of it: others are asked for
   * these, it no more.
   */
  refused(peer: string, blocks: readonly MissingBlock[]): void {
    for (const { hash, height } of blocks) {
      const key = hashKey(hash);
      const entry = this.#entries.get(key) ?? this.#restore({ hash, height }, key);
      if (entry.peer?.name === peer) release(entry);
      entry.refusedBy ??= new Set();
      entry.refusedBy.add(peer);
    }
  }

  /** A block came for which there was no room: it is missing as before, and nobody's fault. */
  returned({ hash, height }: MissingBlock): void {
    this.#restore({ hash, height }, hashKey(hash));
  }

  /**
   * Take their blocks from peers that are late: those that let all wait for the lowest block of a
   * window that is given out, and those that delivered nothing for long. Call it once a second.
   */
  stalled(nowMs: number): readonly StalledPeer[] {
    const late: StalledPeer[] = [];
    for (const source of this.#sources.values()) {
      const [oldest] = source.inFlight.values();
      if (oldest === undefined) continue;
      const silentMs = nowMs - Math.max(oldest.askedAtMs, source.arrivedAtMs);
      const heldMs = nowMs - oldest.askedAtMs;
      const { stallMs, holdUpMs, aloneMs } = this.#limits;
      const isLate = this.#hasOther(oldest, source, nowMs)
        ? silentMs >= stallMs || (heldMs >= holdUpMs && this.#holdsUp(oldest))
        : silentMs >= aloneMs;
      if (isLate) late.push(this.#rest(source, nowMs));
    }
    return late;
  }

  /** Hand everything over that was asked of a peer that is gone. */
  dropPeer(peer: string): void {
    const source = this.#sources.get(peer);
    if (source === undefined) return;
    for (const entry of [...source.inFlight.values()]) release(entry);
    this.#sources.delete(peer);
    for (const { refusedBy } of this.#entries.values()) refusedBy?.delete(peer);
  }

  /** Take out what lies at a height and above. */
  #cut(from: Height): Map<string, Entry> {
    const cut = new Map<string, Entry>();
    for (const entry of this.#entries.values()) {
      if (entry.height < from) continue;
      cut.set(entry.key, entry);
      this.#entries.delete(entry.key);
    }
    return cut;
  }

  /** Put a block back that came and proved useless, at its place by height. */
  #restore({ hash, height }: MissingBlock, key: string): Entry {
    const entry = { hash, height, key, peer: undefined, askedAtMs: 0, refusedBy: undefined };
    const above = this.#cut(height);
    this.#entries.set(key, entry);
    for (const [higher, other] of above) this.#entries.set(higher, other);
    return entry;
  }

  *#window(): Generator<Entry> {
    let end: number | undefined;
    for (const entry of this.#entries.values()) {
      end ??= entry.height + this.#limits.windowBlocks;
      if (entry.height >= end) return;
      yield entry;
    }
  }

  /** Whether it is the lowest missing block, and all others of the window are given out. */
  #holdsUp(entry: Entry): boolean {
    let isFirst = true;
    for (const { key, peer } of this.#window()) {
      if (isFirst && key !== entry.key) return false;
      if (peer === undefined) return false;
      isFirst = false;
    }
    return true;
  }

  /** Whether somebody else could be asked. */
  #hasOther(entry: Entry, but: Source, nowMs: number): boolean {
    for (const source of this.#sources.values()) {
      if (source === but || source.restsUntilMs > nowMs || !canServe(source, entry)) continue;
      if (source.inFlight.size < source.limit) return true;
    }
    return false;
  }

  /** Ask for more while answers come soon, for less when they queue up. */
  #learn(source: Source, tookMs: number): void {
    const { soonMs, lateMs, peerBlocksMin, peerBlocksMax } = this.#limits;
    if (tookMs <= soonMs) source.limit = Math.min(peerBlocksMax, source.limit + 1);
    else if (tookMs >= lateMs) source.limit = Math.max(peerBlocksMin, source.limit - 1);
  }

  #rest(source: Source, nowMs: number): StalledPeer {
    const { peerBlocksMin, restMs, restMsMax } = this.#limits;
    const entries = [...source.inFlight.values()];
    for (const entry of entries) release(entry);
    source.limit = Math.max(peerBlocksMin, Math.floor(source.limit / 2));
    source.restsUntilMs = nowMs + Math.min(restMsMax, restMs * 2 ** Math.min(source.stalls, 20));
    source.stalls++;
    return { peer: source.name, hashes: entries.map(({ hash }) => hash) };
  }
}

function assign(entry: Entry, source: Source, nowMs: number): void {
  entry.peer = source;
  entry.askedAtMs = nowMs;
  source.inFlight.set(entry.key, entry);
}

function release(entry: Entry): void {
  entry.peer?.inFlight.delete(entry.key);
  entry.peer = undefined;
}

const canServe = (source: Source, entry: Entry) =>
  source.upTo >= entry.height && entry.refusedBy?.has(source.name) !== true;

/** Of those that have the block the one with the most room, the first of several. */
function emptiest(sources: readonly Source[], entry: Entry): Source | undefined {
  let best: Source | undefined;
  for (const source of sources) {
    if (!canServe(source, entry)) continue;
    if (best === undefined || roomOf(source) > roomOf(best)) best = source;
  }
  return best;
}

const roomOf = ({ limit, inFlight }: Source) => limit - inFlight.size;
