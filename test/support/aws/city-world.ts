import { CreateTopicCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { createValidator } from "#services/validate/core.ts";
import { createAwsBlockStore } from "#shared/adapters/aws/aws-block-store.ts";
import { createAwsSegments } from "#shared/adapters/aws/aws-segments.ts";
import { createDynamoBlockTries } from "#shared/adapters/aws/dynamo-block-tries.ts";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createDynamoGenerations } from "#shared/adapters/aws/dynamo-generations.ts";
import { createDynamoHeaderStore } from "#shared/adapters/aws/dynamo-header-store.ts";
import { createDynamoHeartbeats } from "#shared/adapters/aws/dynamo-heartbeats.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createDynamoTipNotice } from "#shared/adapters/aws/dynamo-tip-notice.ts";
import { createPackedBlocks } from "#shared/adapters/aws/packed-blocks.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3Snapshots } from "#shared/adapters/aws/s3-snapshots.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { createSqsWorkSource } from "#shared/adapters/aws/sqs-work-source.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import { parseBlockHint } from "#shared/messages/parse-block-hint.ts";
import type { AnnounceHint } from "#shared/messages/queue-hints.ts";
import { readHint } from "#shared/messages/read-hint.ts";
import { tipHint } from "#shared/messages/tip-hint.ts";
import { memoryValidator } from "../memory-validator.ts";
import { makeCityBucket } from "./city-bucket.ts";
import { makeCityTables } from "./city-tables.ts";
import { openDynamoEndpoint } from "./dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "./fauxqs-endpoint.ts";
import { sortHere } from "./sort-here.ts";

/**
 * Tables, queues and a bucket of one city on endpoints in this process, for a peer process of its
 * own; what its functions do is done here, from the same queues.
 */
export async function openCityWorld(network: Network) {
  const stack = new AsyncDisposableStack();
  const dynamo = stack.use(await openDynamoEndpoint());
  const fauxqs = stack.use(await openFauxqsEndpoint());
  const client = dynamo.client();
  const sqs = fauxqs.sqs();
  const tables = await makeCityTables(client);
  const bucket = await makeCityBucket(fauxqs.s3());
  const queue = async (name: string): Promise<string> => {
    const QueueName = `${tables.chain}-${name}`;
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
    // Under the address of the endpoint itself: the one it gives is a name of no machine.
    return `${fauxqs.url}/${QueueUrl?.split("/").slice(3).join("/")}`;
  };
  const urls = {
    blocks: await queue("blocks"),
    transactions: await queue("transactions"),
    announce: await queue("announce"),
  };
  const made = await fauxqs.sns().send(new CreateTopicCommand({ Name: `${tables.chain}-follow` }));
  const announce = createSqsWorkQueue<AnnounceHint>({ client: sqs, queueUrl: urls.announce });
  const clock = createSystemClock();
  const entropy = createSystemEntropy();
  const chain = createDynamoTable({ client, table: tables.chain });
  const objects = createS3Objects({ client: fauxqs.s3(), bucket });
  const packed = createPackedBlocks({ chain, objects });
  const { dialect } = network.consensus;
  const deps = {
    ...memoryValidator(network, clock.now()),
    clock,
    blocks: createAwsBlockStore({ chain, objects, packed }),
    coins: createDynamoCoinStore({ client, tables, dialect, clock, entropy, sort: sortHere }),
    shared: {
      tries: createDynamoBlockTries(chain),
      leases: createDynamoLeases(chain),
      heartbeats: createDynamoHeartbeats(chain),
      notice: createDynamoTipNotice(chain),
      announce,
      operators: { tell: async () => undefined },
    },
  };
  const headers = createDynamoHeaderStore({ chain, packed, clock });
  // Of a tree of headers only one process that owns its store tells; nobody asks for it here.
  const validator = createValidator({ ...deps, headers: { ...deps.headers, ...headers } });
  const blocks = createSqsWorkSource<BlockHint>({
    client: sqs,
    queueUrl: urls.blocks,
    read: (text) => readHint(text, [parseBlockHint]),
    log: deps.log,
    clock,
    concurrency: 1,
    waitSeconds: 0,
  });
  const held = stack.move();
  return {
    ...{ deps, validator, clock, objects, urls },
    coins: deps.coins,
    segments: createAwsSegments({ chain, objects, blocks: deps.blocks }),
    snapshots: createS3Snapshots(objects),
    generations: createDynamoGenerations({ chain, coins: tables.coins, clock }),
    heartbeats: createDynamoHeartbeats(chain),
    /** Check and connect what is hinted, and tell of each new tip, until the signal is aborted. */
    runFunctions: (signal: AbortSignal) =>
      blocks.consume(async () => {
        const before = await deps.coins.tip();
        const { tip } = await validator.connect();
        if (tip.rev !== before?.rev) await announce.send(tipHint(tip));
      }, signal),
    /** Of the task, with endpoints and credentials that no cloud knows. */
    environment: {
      EXOS_ENVIRONMENT: "local",
      EXOS_CITY: "syd",
      EXOS_NETWORK: network.name,
      EXOS_TABLE_CHAIN: tables.chain,
      EXOS_TABLE_COINS: tables.coins,
      EXOS_TABLE_INDEX: tables.index,
      EXOS_TABLE_POOL: tables.pool,
      EXOS_BUCKET_CHAIN: bucket,
      EXOS_QUEUE_BLOCKS: urls.blocks,
      EXOS_QUEUE_TRANSACTIONS: urls.transactions,
      EXOS_QUEUE_ANNOUNCE: urls.announce,
      EXOS_TOPIC_FOLLOW: made.TopicArn ?? "",
      AWS_ENDPOINT_URL: fauxqs.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
