import { decodeBlock } from "#shared/codec/decode-block.ts";
import { locatorHeights } from "#shared/codec/messages/locator.ts";
import {
  encodeProvenHeader,
  type ProvenHeader,
  provenHeaderOf,
} from "#shared/codec/proven-header.ts";
import { genesisBlock } from "#shared/consensus/genesis-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Block } from "#shared/primitives/block.ts";
import { type Hash256, type HashHex, height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** A recorded chain in memory, genesis first, with what a node answers of it. */
export class ServedChain {
  readonly #blocks: readonly Block[];
  readonly #raws: readonly Uint8Array[];
  readonly #heights: ReadonlyMap<HashHex, number>;

  /** @param raws the blocks above genesis, lowest first */
  constructor(network: Network, raws: readonly Uint8Array[]) {
    const { consensus } = network;
    const above = raws.map((raw) => {
      const decoded = decodeBlock(raw, consensus.wire);
      if (!decoded.ok) throw decoded.error;
      return decoded.value;
    });
    this.#blocks = [genesisBlock(network), ...above];
    this.#raws = [consensus.genesis.raw, ...raws];
    this.#heights = new Map(this.#blocks.map(({ hash }, at) => [toHashHex(hash), at]));
  }

  block(at: number): Block {
    const block = this.#blocks[at];
    if (block === undefined) throw new RangeError(`no block at height ${at}`);
    return block;
  }

  raw(at: number): Uint8Array {
    return this.#raws[at] ?? new Uint8Array(0);
  }

  hash(at: number): Hash256 {
    return this.block(at).hash;
  }

  heightOf(hash: Hash256): number | undefined {
    return this.#heights.get(toHashHex(hash));
  }

  locator(tip: number): Hash256[] {
    return locatorHeights(height(tip)).map((at) => this.hash(at));
  }

  /** Heights after the first hash of the locator that is known, up to the stop or the tip. */
  after(
    locator: readonly Hash256[],
    {
      stop,
      tip,
      countMax,
    }: { readonly stop: Hash256; readonly tip: number; readonly countMax: number },
  ): number[] | undefined {
    const fork = locator
      .map((hash) => this.heightOf(hash))
      .find((at) => at !== undefined && at <= tip);
    if (fork === undefined) return undefined;
    const last = Math.min(this.heightOf(stop) ?? tip, tip, fork + countMax);
    return Array.from({ length: Math.max(0, last - fork) }, (_, index) => fork + 1 + index);
  }

  proven(at: number): ProvenHeader {
    const header = provenHeaderOf(this.block(at));
    if (header === undefined) throw new RangeError(`block ${at} proves nothing`);
    return header;
  }

  /** A header as `headersFound` takes it. */
  headerBytes(at: number, proven: boolean): Uint8Array {
    return proven ? encodeProvenHeader(this.proven(at)) : this.block(at).header.bytes;
  }
}
