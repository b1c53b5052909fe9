import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Network } from "#shared/consensus/params.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Cursors } from "#shared/ports/cursors.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import type { Generations } from "#shared/ports/generations.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Heartbeats } from "#shared/ports/heartbeats.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import type { Traces } from "#shared/ports/traces.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { createAwsBlockStore } from "./aws-block-store.ts";
import { createDynamoCoinStore, type SortItems } from "./dynamo-coin-store.ts";
import { createDynamoCursors } from "./dynamo-cursors.ts";
import { createDynamoGenerations } from "./dynamo-generations.ts";
import { createDynamoHeaderStore } from "./dynamo-header-store.ts";
import { createDynamoHeartbeats } from "./dynamo-heartbeats.ts";
import { createDynamoTable, type DynamoReads, type DynamoTable } from "./dynamo-table.ts";
import { createDynamoTipNotice } from "./dynamo-tip-notice.ts";
import { lateS3Objects } from "./late-s3-objects.ts";
import { createPackedBlocks } from "./packed-blocks.ts";
import type { S3Objects } from "./s3-objects.ts";

/** Variables that name what the chain of a city is kept in. */
export const CHAIN_VARIABLES = [
  "EXOS_TABLE_CHAIN",
  "EXOS_TABLE_COINS",
  "EXOS_BUCKET_CHAIN",
] as const;

export interface ChainClients {
  readonly dynamo: DynamoDBClient;
  /** One of its own unless given, loaded by the first request. */
  readonly s3?: S3Client;
  /** Of the calls of that one. */
  readonly traces?: Traces | undefined;
}

/** The chain of a city, over its tables and bucket. */
export interface ChainStores {
  /** The table itself, for what has no port of its own. */
  readonly chain: DynamoTable;
  /** The bucket itself. */
  readonly objects: S3Objects;
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  readonly notice: TipNotice;
  readonly cursors: Cursors;
  readonly heartbeats: Heartbeats;
  readonly generations: Generations;
}

/**
 * Every store of a city's chain, without a request: each door of a city builds them the same way. The
 * first read of the tip throws `EXOS-E8106` where the chain is another network's.
 */
export function openChainStores(
  env: Readonly<Record<(typeof CHAIN_VARIABLES)[number], string>>,
  deps: {
    readonly clients: ChainClients;
    readonly network: Network;
    readonly clock: Clock;
    readonly entropy: Entropy;
    /** Of whoever scans the coins. */
    readonly sort?: SortItems;
    /** Strong unless said. */
    readonly reads?: DynamoReads;
  },
): ChainStores {
  const { clients, network, clock, entropy, sort, reads = "strong" } = deps;
  const { dynamo: client } = clients;
  const chain = createDynamoTable({ client, table: env.EXOS_TABLE_CHAIN, reads });
  const bucket = env.EXOS_BUCKET_CHAIN;
  const objects = lateS3Objects(bucket, async () => {
    const { openS3Objects } = await import("./open-s3-objects.ts");
    return openS3Objects(bucket, clients);
  });
  const packed = createPackedBlocks({ chain, objects });
  return {
    chain,
    objects,
    blocks: createAwsBlockStore({ chain, objects, packed }),
    headers: createDynamoHeaderStore({ chain, packed, clock }),
    coins: createDynamoCoinStore({
      ...{ client, reads },
      tables: { chain: env.EXOS_TABLE_CHAIN, coins: env.EXOS_TABLE_COINS },
      dialect: network.consensus.dialect,
      clock,
      entropy,
      sort,
      genesis: toHashHex(network.consensus.genesis.hash),
    }),
    notice: createDynamoTipNotice(chain),
    cursors: createDynamoCursors(chain),
    heartbeats: createDynamoHeartbeats(chain),
    generations: createDynamoGenerations({ chain, coins: env.EXOS_TABLE_COINS, clock }),
  };
}
