import { CreateTopicCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { type CityNames, cityNames } from "#regions/city-names.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createS3SavedState } from "#shared/adapters/aws/s3-saved-state.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { RichChain } from "../rich-chain.ts";
import { makeCityBucket } from "./city-bucket.ts";
import { makeCityTables } from "./city-tables.ts";
import { openDynamoEndpoint } from "./dynamo-endpoint.ts";
import { openCityIndex } from "./dynamo-index.ts";
import { openFauxqsEndpoint } from "./fauxqs-endpoint.ts";
import { type RequestRecord, recordRequests } from "./record-requests.ts";

const ACCOUNT = "000000000000";

/** The stores, queues and topic of one city, every request to which is written down. */
export async function openRecordedCity() {
  const stack = new AsyncDisposableStack();
  const tablesAt = stack.use(await openDynamoEndpoint());
  const othersAt = stack.use(await openFauxqsEndpoint());
  const plain = tablesAt.client();
  const tables = await makeCityTables(plain);
  const bucket = await makeCityBucket(othersAt.s3());
  const chain = new RichChain();
  chain.append(chain.work());
  const records: RequestRecord[] = [];
  const clients = {
    dynamo: tablesAt.client(),
    s3: othersAt.s3(),
    sqs: othersAt.sqs(),
    sns: othersAt.sns(),
  };
  const base = cityNames({
    environment: "local",
    code: "loc",
    region: "us-east-1",
    account: ACCOUNT,
  });
  const queueUrl = async (name: string): Promise<string> => {
    const { QueueUrl = "" } = await clients.sqs.send(new CreateQueueCommand({ QueueName: name }));
    return `${othersAt.url}/${QueueUrl.split("/").slice(3).join("/")}`;
  };
  const blocksUrl = await queueUrl(base.queues.blocks);
  const topicArn = async (Name: string): Promise<string> =>
    (await clients.sns.send(new CreateTopicCommand({ Name }))).TopicArn ?? "";
  const topics = {
    follow: await topicArn(base.topics.follow),
    alarms: await topicArn(base.topics.alarms),
  };
  for (const client of Object.values(clients)) recordRequests(client, records);
  const clock = createManualClock(unixSeconds(chain.now + 100_000));
  const stores = openChainStores(
    {
      EXOS_TABLE_CHAIN: tables.chain,
      EXOS_TABLE_COINS: tables.coins,
      EXOS_BUCKET_CHAIN: bucket,
    },
    { clients, network: chain.network, clock, entropy: createSystemEntropy() },
  );
  const pool = createDynamoTable({ client: clients.dynamo, table: tables.pool });
  const index = await openCityIndex(clients.dynamo);
  const names: CityNames = {
    ...base,
    tables: { ...tables, index: index.name },
    buckets: { ...base.buckets, chain: bucket },
  };
  const held = stack.move();
  return {
    ...{ chain, clients, clock, names, records, stores, blocksUrl, topics },
    pool: createDynamoPool({ table: pool }),
    raw: createDynamoRawTransactions({ table: pool, clock }),
    index,
    savedState: (name: string) => createS3SavedState({ client: clients.s3, bucket, name }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** A city as `openRecordedCity` opens it. */
export type RecordedCity = Awaited<ReturnType<typeof openRecordedCity>>;
