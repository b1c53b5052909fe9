import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeHeader } from "#shared/codec/header.ts";
import { blockReward } from "#shared/consensus/block-reward.ts";
import { blockVersion } from "#shared/consensus/block-version.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { heightPush } from "#shared/consensus/height-push.ts";
import { nextBits } from "#shared/consensus/next-bits.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import { height, type UnixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex, zeroHash } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/** A proof-of-work block that still lacks its nonce. */
export interface BlockTemplate {
  readonly header: Omit<BlockHeader, "bytes">;
  /** The 80 bytes with nonce 0. */
  readonly bytes: Uint8Array;
  readonly transactions: readonly HashedTransaction[];
}

const OP_0 = 0x00;
const FINAL_SEQUENCE = 0xffff_ffff;
/** What a coinbase spends stands at this index of the zero hash. */
const NO_INDEX = 0xffff_ffff;

/**
 * The block that a miner would add to `parent`: a coinbase alone, which pays the whole reward.
 *
 * @param time of block and coinbase
 * @source exos-l1.md 8.3
 */
export function buildTemplate(
  parent: HeaderRecord,
  { time, script }: { readonly time: UnixSeconds; readonly script: Uint8Array },
  params: ConsensusParams,
): BlockTemplate {
  const at = height(parent.height + 1);
  const coinbase = hashTransaction(
    {
      version: 1,
      time,
      inputs: [
        {
          prevout: { txid: zeroHash(), index: NO_INDEX },
          scriptSig: Uint8Array.of(...heightPush(at), OP_0),
          sequence: FINAL_SEQUENCE,
          witness: [],
        },
      ],
      outputs: [{ value: blockReward(at, "work", params), scriptPubKey: script }],
      lockTime: 0,
    },
    params.wire,
  );
  const header = {
    version: blockVersion(parent, params),
    prev: fromHashHex(parent.hash),
    // The root of one leaf is the leaf.
    merkleRoot: coinbase.txid,
    time,
    bits: nextBits(parent, "work", params),
    nonce: 0,
  };
  return { header, bytes: encodeHeader(header), transactions: [coinbase] };
}
