import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeProvenHeader, provenHeaderOf } from "#shared/codec/proven-header.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { createTurns } from "#shared/ports/turns.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { findCommon, findEnd, hashRange } from "./active-chain.ts";
import type { IngestDeps } from "./deps.ts";

/** Headers of one message, and hashes of one answer to `getblocks`. @source exos-l1.md 7.4 */
const HEADERS_MAX = 2_000;
const INVENTORY_MAX = 500;
/** Bytes of the headers of one message, below the largest payload. */
const MESSAGE_BYTES_MAX = 3_500_000;
/** Proven headers that are kept at hand, and bytes of them. */
const CACHED_MAX = 8_192;
const CACHED_BYTES_MAX = 16 * 1024 * 1024;

/** Where somebody stands, and up to where he wants to hear. */
export interface Wish {
  readonly locator: readonly Hash256[];
  readonly stop: Hash256;
}

/** What peers ask for, from the stores; the same while the node itself catches up. */
export interface Library {
  /**
   * Headers after the first hash of the locator that is ours: 80 bytes each, or proven ones.
   * @returns `undefined` when no hash of it is ours
   */
  headers(wish: Wish, proven: boolean): Promise<readonly Uint8Array[] | undefined>;
  /** Hashes for `getblocks`. */
  inventory(wish: Wish): Promise<readonly Hash256[] | undefined>;
  /** The encoded proven header of a stored block. */
  provenHeader(hash: HashHex): Promise<Uint8Array | undefined>;
}

type LibraryDeps = Pick<IngestDeps, "network" | "blocks" | "headers" | "coins" | "clock" | "pause">;

/** Proven headers by their hash; the oldest goes first. */
class ProvenCache {
  readonly #byHash = new Map<HashHex, Uint8Array>();
  #bytes = 0;

  get(hash: HashHex): Uint8Array | undefined {
    return this.#byHash.get(hash);
  }

  set(hash: HashHex, header: Uint8Array): void {
    this.#byHash.set(hash, header);
    this.#bytes += header.length;
    for (const [oldest, { length }] of this.#byHash) {
      if (this.#byHash.size <= CACHED_MAX && this.#bytes <= CACHED_BYTES_MAX) return;
      this.#byHash.delete(oldest);
      this.#bytes -= length;
    }
  }
}

/** Answers from the stores. */
export function createLibrary(deps: LibraryDeps): Library {
  const { headers, coins, blocks, network } = deps;
  const cache = new ProvenCache();

  async function hashesAfter({ locator, stop }: Wish, limit: number, tip: Tip) {
    const from = await findCommon(locator, tip, deps);
    if (from === undefined) return undefined;
    const to = await findEnd(stop, from, { tip, limit, stores: deps });
    return hashRange(from + 1, to, tip, deps);
  }

  async function provenHeader(hash: HashHex): Promise<Uint8Array | undefined> {
    const cached = cache.get(hash);
    if (cached !== undefined) return cached;
    const bytes = await blocks.get(hash);
    const decoded = bytes === undefined ? undefined : decodeBlock(bytes, network.consensus.wire);
    const proven = decoded?.ok === true ? provenHeaderOf(decoded.value) : undefined;
    if (proven === undefined) return undefined;
    const encoded = encodeProvenHeader(proven);
    cache.set(hash, encoded);
    return encoded;
  }

  /** As many as are there and fit, without a gap. */
  async function provenHeaders(hashes: readonly HashHex[]): Promise<Uint8Array[]> {
    const turn = createTurns(deps);
    const found: Uint8Array[] = [];
    let bytes = 0;
    for (const hash of hashes) {
      const header = await provenHeader(hash);
      bytes += header?.length ?? 0;
      if (header === undefined || bytes > MESSAGE_BYTES_MAX) break;
      found.push(header);
      await turn();
    }
    return found;
  }

  return {
    provenHeader,
    async headers(wish, proven) {
      const tip = await coins.tip();
      const hashes = tip === undefined ? undefined : await hashesAfter(wish, HEADERS_MAX, tip);
      if (hashes === undefined || proven) return hashes && provenHeaders(hashes);
      const stored = await headers.getMany(hashes);
      return stored.flatMap((header) => header?.record.header.bytes ?? []);
    },
    async inventory(wish) {
      const tip = await coins.tip();
      const hashes = tip === undefined ? undefined : await hashesAfter(wish, INVENTORY_MAX, tip);
      return hashes?.map(fromHashHex);
    },
  };
}
