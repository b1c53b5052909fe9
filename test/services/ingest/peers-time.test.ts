import { expect, it, vi } from "vitest";
import { composeAws } from "#services/ingest/compose-aws.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { makeCityBucket } from "../../support/aws/city-bucket.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "../../support/aws/fauxqs-endpoint.ts";

/** Peers may be so far behind and are followed. @source exos-l1.md 7.9 */
const BEHIND_SECONDS = 1_500;

it("what peers hand in waits for its judge as long as it should, whatever they say of the time", async () => {
  await using stack = new AsyncDisposableStack();
  const dynamo = stack.use(await openDynamoEndpoint());
  const queues = stack.use(await openFauxqsEndpoint());
  const tables = await makeCityTables(dynamo.client());
  stack.defer(() => void vi.unstubAllEnvs());
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", dynamo.url);
  vi.stubEnv("AWS_ENDPOINT_URL_S3", queues.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const queue = (name: string) => `${queues.url}/000000000000/exos-local-syd-${name}`;
  const ports = await composeAws(
    {
      EXOS_ENVIRONMENT: "local",
      EXOS_CITY: "syd",
      EXOS_NETWORK: exosRegtest.name,
      EXOS_TABLE_CHAIN: tables.chain,
      EXOS_TABLE_COINS: tables.coins,
      EXOS_TABLE_POOL: tables.pool,
      EXOS_BUCKET_CHAIN: await makeCityBucket(queues.s3()),
      EXOS_QUEUE_BLOCKS: queue("blocks"),
      EXOS_QUEUE_TRANSACTIONS: queue("transactions"),
      EXOS_QUEUE_ANNOUNCE: queue("announce"),
    },
    { log: createMemoryLog(), write: () => undefined },
  );
  const before = ports.clock.now();
  ports.adjustTime(-BEHIND_SECONDS);
  expect(ports.clock.now()).toBeLessThan(before);

  const { hash: txid } = genesisRecord(exosRegtest);
  await ports.raw.put(txid, Uint8Array.of(1, 2, 3));
  const table = createDynamoTable({ client: dynamo.client(), table: tables.pool });
  const judge = createDynamoRawTransactions({ table, clock: createSystemClock() });
  expect(await judge.get(txid)).toEqual(Uint8Array.of(1, 2, 3));
  expect(ports.wall.now()).toBeGreaterThanOrEqual(before);
});
