import { buildTemplate } from "#services/stake/build-template.ts";
import { searchNonce } from "#services/stake/search-nonce.ts";
import { NOTHING_TAKEN } from "#services/stake/take-transactions.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { encodeHeader } from "#shared/codec/header.ts";
import { describeHeader } from "#shared/consensus/describe-header.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

export interface MinedBlock {
  readonly bytes: Uint8Array;
  readonly record: HeaderRecord;
}

/** A valid block of a development network: its coinbase alone, paid to `script`. */
export async function mineOn(
  parent: HeaderRecord,
  script: Uint8Array,
  { consensus }: Network,
): Promise<MinedBlock> {
  const time = unixSeconds(parent.header.time + consensus.spacingSeconds);
  const parts = { time, taken: NOTHING_TAKEN, proof: { kind: "work", scripts: [script] } } as const;
  const { header, bytes, transactions } = buildTemplate(parent, parts, consensus);
  const pause = async () => undefined;
  const nonce = await searchNonce(bytes, { bits: header.bits, params: consensus, pause });
  if (nonce === undefined) throw new RangeError("no nonce");
  const mined = { ...header, nonce, bytes: encodeHeader({ ...header, nonce }) };
  const signature = new Uint8Array(0);
  const block = encodeBlock({ header: mined, transactions, signature }, consensus.wire);
  const decoded = decodeBlock(block, consensus.wire);
  if (!decoded.ok) throw decoded.error;
  return { bytes: block, record: describeHeader(decoded.value, parent, consensus) };
}

/** Blocks on top of each other. */
export async function mineChain(
  parent: HeaderRecord,
  count: number,
  { script, network }: { readonly script: Uint8Array; readonly network: Network },
): Promise<MinedBlock[]> {
  const blocks: MinedBlock[] = [];
  for (let at = parent; blocks.length < count; at = blocks.at(-1)?.record ?? at) {
    blocks.push(await mineOn(at, script, network));
  }
  return blocks;
}
