import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { PackDeps } from "#services/ingest/pack-segments.ts";
import { createAwsBlockStore } from "#shared/adapters/aws/aws-block-store.ts";
import { createAwsSegments } from "#shared/adapters/aws/aws-segments.ts";
import { createDynamoHeaderStore } from "#shared/adapters/aws/dynamo-header-store.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createPackedBlocks } from "#shared/adapters/aws/packed-blocks.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import { headerRecord } from "../header-records.ts";

/** Names of a city's table and bucket, and clients of whoever works there. */
export interface CityClients {
  readonly table: string;
  readonly bucket: string;
  readonly dynamo: Pick<DynamoDBClient, "send">;
  readonly s3: Pick<S3Client, "send">;
}

/** A chain that no rule has seen. */
export function recordChain(blocks: number): HeaderRecord[] {
  const chain: HeaderRecord[] = [];
  for (let at = 0; at < blocks; at++) chain.push(headerRecord(chain.at(-1), at % 250));
  return chain;
}

/** Bytes that begin with a header, every third of them too long for an item. */
export function bodyOf({ header, height: at }: HeaderRecord): Uint8Array {
  const body = new Uint8Array(at % 3 === 1 ? 9_000 : 200).fill(at);
  body.set(header.bytes);
  return body;
}

/** Totals after a block: those of nothing, which is all that packing asks of them. */
export const EMPTY_TOTALS = RunningTotals.empty("exos");

/** Everything that packing needs, over a city, as a process that begins now has it. */
export function openPackingCity(
  { table, bucket, dynamo, s3 }: CityClients,
  of: {
    readonly chain: readonly HeaderRecord[];
    /** Where the window begins. */
    readonly base: number;
    readonly segmentBlocks: number;
    readonly owner: string;
    readonly now: number;
  },
) {
  const clock = createManualClock(unixSeconds(of.now));
  const chain = createDynamoTable({ client: dynamo, table, pause: async () => undefined });
  const objects = createS3Objects({ client: s3, bucket });
  const packed = createPackedBlocks({ chain, objects, segmentBlocks: of.segmentBlocks });
  const blocks = createAwsBlockStore({ chain, objects, packed });
  const headers = createDynamoHeaderStore({ chain, packed, clock });
  const segments = createAwsSegments({ chain, objects, blocks });
  const deps: PackDeps = {
    coins: chainState(of.chain, of.base),
    headers,
    blocks,
    segments,
    leases: createDynamoLeases(chain),
    clock,
    log: createMemoryLog(),
    dialect: "exos",
    owner: of.owner,
    segmentBlocks: of.segmentBlocks,
  };
  return { deps, chain, objects, headers, blocks, segments };
}

/** The part of a coin store that says which chain is ours. */
function chainState(chain: readonly HeaderRecord[], base: number): PackDeps["coins"] {
  const hashes = chain.map(({ hash }) => hash);
  const last = chain.at(-1);
  if (last === undefined) throw new RangeError("a chain has a block");
  const tip: Tip = {
    rev: 1,
    gen: 0,
    floor: height(0),
    height: last.height,
    hash: last.hash,
    work: last.work,
    final: height(base),
    base: height(base),
    win: hashes.slice(base),
    mu: undefined,
  };
  return {
    tip: async () => tip,
    frozen: async (group) => hashes.slice(64 * group, 64 * (group + 1)),
  };
}
