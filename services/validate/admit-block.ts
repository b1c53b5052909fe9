import { encodeBlock } from "#shared/codec/encode-block.ts";
import { describeHeader } from "#shared/consensus/describe-header.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { ArrivalDeps } from "./arrival-deps.ts";
import type { ValidateDeps } from "./deps.ts";
import { judgeArrival, type Surroundings } from "./judge-arrival.ts";

/**
 * Judge a block by everything but the full rules, and keep it when it passes: its header, then its
 * body, then the facts that name the body. A header is kept as bad only where that cost its maker
 * a proof: what the header stage refuses is forgotten, and refused again.
 */
export async function admitBlock(
  { block, bytes }: { readonly block: Block; readonly bytes: Uint8Array },
  { parent, coins, strict = false }: Surroundings,
  deps: ValidateDeps,
): Promise<Result<HeaderRecord, ConsensusError>> {
  const { headers, network } = deps;
  const error = judgeArrival(block, { parent, coins, strict }, deps);
  if (error !== undefined && (error.stage !== "partial" || error.effect !== "invalid")) {
    return { ok: false, error };
  }
  const record = recordOf(block, { parent, coins }, network);
  await headers.put(record);
  if (error !== undefined) {
    await headers.setRejected(record.hash, error);
    return { ok: false, error };
  }
  await keepBody({ block, bytes }, deps);
  await headers.setChecked(record.hash);
  return { ok: true, value: record };
}

/** A block's header with what judging its children needs. */
export function recordOf(
  block: Block,
  { parent, coins }: Pick<Surroundings, "parent" | "coins">,
  network: Pick<Network, "consensus">,
): HeaderRecord {
  const kernel = coinstakeOf(block, network.consensus)?.inputs[0]?.prevout;
  const kernelTime = kernel === undefined ? undefined : coins.coin(kernel)?.time;
  return describeHeader(block, parent, network.consensus, kernelTime);
}

/** A block that is to be kept, as it came. */
interface BlockToKeep {
  readonly block: Block;
  readonly bytes: Uint8Array;
  readonly record: HeaderRecord;
}

/** Keep the body of a block whose header is kept, in its canonical form, and note its size. */
export async function keepBody(
  { block, bytes }: { readonly block: Block; readonly bytes: Uint8Array },
  { blocks, headers, network }: Pick<ArrivalDeps, "blocks" | "headers" | "network">,
): Promise<void> {
  const hash = toHashHex(block.hash);
  const body = canonicalBody({ block, bytes }, network);
  await blocks.put(hash, body);
  await headers.setBodySize(hash, body.length);
}

/**
 * Keep a header with the body that it commits to, and what makes it followed. The header comes last:
 * peers are asked for a block while it is unknown, so that who dies before leaves one that comes
 * again, and who dies after leaves one that the tick finds.
 *
 * @param isCandidate heavier than the tip
 */
export async function keepWithBody(
  { block, bytes, record }: BlockToKeep,
  isCandidate: boolean,
  { blocks, headers, network }: Pick<ArrivalDeps, "blocks" | "headers" | "network">,
): Promise<void> {
  const body = canonicalBody({ block, bytes }, network);
  await blocks.put(record.hash, body);
  if (isCandidate) await headers.addCandidate(record);
  await headers.put(record, body.length);
}

function canonicalBody(
  { block, bytes }: { readonly block: Block; readonly bytes: Uint8Array },
  { consensus }: Pick<Network, "consensus">,
): Uint8Array {
  // Every other form of the same block is longer than the canonical one.
  return bytes.length === block.sizeTotal ? bytes : encodeBlock(block, consensus.wire);
}
