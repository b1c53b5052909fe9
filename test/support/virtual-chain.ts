import { encodeBlock } from "#shared/codec/encode-block.ts";
import type { ItemMarks } from "#shared/coins/coin-item.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { describeHeader } from "#shared/consensus/describe-header.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import { buildWork } from "./block-builder.ts";

/** A block with all that a city makes of it. */
export interface VirtualBlock {
  readonly record: HeaderRecord;
  readonly bytes: Uint8Array;
  readonly marks: readonly ItemMarks[];
}

/** Blocks of one chain by height, from 1 up, made when they are first asked for and kept. */
export interface VirtualChain {
  at(height: number): VirtualBlock;
  /** The same up to this height, and other blocks above it. */
  forkAbove(height: number): VirtualChain;
}

export interface VirtualChainOptions {
  readonly network: Network;
  /** Time of a block by its height. */
  readonly timeOf: (height: number) => number;
}

/** A chain in virtual time. @param owner number of the script that its blocks pay */
export function createVirtualChain(options: VirtualChainOptions, owner = 0x51): VirtualChain {
  return growing(options, { owner, below: undefined, from: 0 });
}

interface Stem {
  readonly owner: number;
  readonly below: VirtualChain | undefined;
  readonly from: number;
}

function growing(options: VirtualChainOptions, { owner, below, from }: Stem): VirtualChain {
  const { network, timeOf } = options;
  const { consensus: params } = network;
  const own = new Map<number, VirtualBlock>();
  const forks = new Map<number, VirtualChain>();
  const recordAt = (height: number): HeaderRecord =>
    height === 0 ? genesisRecord(network) : chain.at(height).record;

  function make(height: number): VirtualBlock {
    const parent = recordAt(height - 1);
    const to = Uint8Array.of(owner);
    const block = buildWork({ parent, params }, to, { time: timeOf(height) });
    const record = describeHeader(block, parent, params, undefined);
    return {
      record,
      bytes: encodeBlock(block, params.wire),
      marks: marksOf(block, record, params),
    };
  }
  const chain: VirtualChain = {
    at(height) {
      if (height <= from && below !== undefined) return below.at(height);
      const known = own.get(height) ?? make(height);
      own.set(height, known);
      return known;
    },
    forkAbove(height) {
      const stem = { owner: owner + 1, below: chain, from: height };
      const known = forks.get(height) ?? growing(options, stem);
      forks.set(height, known);
      return known;
    },
  };
  return chain;
}
