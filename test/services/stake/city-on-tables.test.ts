import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { expect, it, vi } from "vitest";
import { composeAws as composeIndex } from "#services/index/compose-aws.ts";
import { followWithin } from "#services/index/follow-within.ts";
import type { CityPorts } from "#services/ingest/city/open-city-ingest.ts";
import { composeAws } from "#services/ingest/compose-aws.ts";
import { answerSigning } from "#services/stake/answer-signing.ts";
import { createValidator } from "#services/validate/core.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { CHAIN_VARIABLES, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityBucket } from "../../support/aws/city-bucket.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "../../support/aws/fauxqs-endpoint.ts";
import { standInKms } from "../../support/aws/stand-in-kms.ts";
import { signer } from "../../support/block-builder.ts";
import { sharedValidator } from "../../support/shared-validator.ts";
import { youngChain } from "../../support/young-chain.ts";

const key = signer(7);
const SIGN = "exos-local-syd-stake-sign";
const SLOW_SECONDS = 300;

const PROGRESS = {
  phase: "tip",
  peers: 1,
  height: 12,
  target: 12,
  blocksPerSecond: 0,
  etaSeconds: undefined,
} as const;

/** Lambda, as far as it is asked for its answer. */
async function openLambda(handler: (event: unknown) => Promise<unknown>) {
  const asked: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    asked.push(request.url);
    response.end(JSON.stringify(await handler(await json(request))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, asked, close };
}

it("stakes over tables, as the task of a city composes it", async () => {
  await using stack = new AsyncDisposableStack();
  const dynamo = stack.use(await openDynamoEndpoint());
  const queues = stack.use(await openFauxqsEndpoint());
  const tables = await makeCityTables(dynamo.client());
  const environment = {
    EXOS_ENVIRONMENT: "local",
    EXOS_CITY: "syd",
    EXOS_NETWORK: exosRegtest.name,
    EXOS_TABLE_CHAIN: tables.chain,
    EXOS_TABLE_COINS: tables.coins,
    EXOS_TABLE_INDEX: tables.index,
    EXOS_TABLE_POOL: tables.pool,
    EXOS_BUCKET_CHAIN: await makeCityBucket(queues.s3()),
    EXOS_QUEUE_BLOCKS: `${queues.url}/000000000000/exos-local-syd-blocks`,
    EXOS_QUEUE_TRANSACTIONS: `${queues.url}/000000000000/exos-local-syd-transactions`,
    EXOS_QUEUE_ANNOUNCE: `${queues.url}/000000000000/exos-local-syd-announce`,
    EXOS_FUNCTION_SIGN: SIGN,
  };
  const clock = createSystemClock();
  const stores = openChainStores(readCityEnvironment(environment, CHAIN_VARIABLES), {
    clients: { dynamo: dynamo.client(), s3: queues.s3() },
    network: exosRegtest,
    clock,
    entropy: createSystemEntropy(),
  });
  const kms = standInKms(key.secret);
  const log = createMemoryLog();
  const lambda = await openLambda((event) =>
    answerSigning(event, {
      ...stores,
      network: exosRegtest,
      key: createKmsKey({ client: kms.client, key: "k" }),
      sweepScript: undefined,
      log,
    }),
  );
  stack.defer(lambda.close);
  stack.defer(() => void vi.unstubAllEnvs());
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", dynamo.url);
  vi.stubEnv("AWS_ENDPOINT_URL_S3", queues.url);
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", lambda.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

  // Its clock stands still: ahead, so that what is staked on a slow endpoint is not of the future.
  const judge = sharedValidator(exosRegtest, unixSeconds(clock.now() + SLOW_SECONDS));
  const { notice, blocks, coins } = stores;
  const headers = {
    ...stores.headers,
    children: async () => [],
    clearApplied: async () => undefined,
  };
  const shared = { ...judge.shared, notice };
  const validator = createValidator({ ...judge, blocks, headers, coins, shared });
  for (const block of await youngChain(key)) await validator.accept(block);
  await validator.connect();
  expect((await coins.tip())?.height).toBe(12);
  const { deps: follower, log: indexLog } = composeIndex(environment);
  await followWithin(600_000, { deps: follower, log: indexLog });

  const ports: CityPorts = await composeAws(environment, { log, write: () => undefined });
  const arrivals = ports.arrivals(ports);
  const stop = new AbortController();
  await ports.stake?.(
    {
      ...{ coins: ports.coins, headers: ports.headers },
      tip: () => arrivals.tip(),
      async deliver(block) {
        const delivery = await arrivals.store(block);
        await validator.connect();
        stop.abort();
        return delivery;
      },
      progress: () => PROGRESS,
      clockSkewSeconds: () => undefined,
    },
    stop.signal,
  );
  expect((await coins.tip())?.height).toBe(13);
  expect(kms.signatures).toHaveLength(2);
  expect(new Set(lambda.asked)).toEqual(new Set([`/2015-03-31/functions/${SIGN}/invocations`]));
});
