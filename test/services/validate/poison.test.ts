import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { composeConnect } from "#services/validate/compose-aws.ts";
import { connectHinted } from "#services/validate/connect-hinted.ts";
import { JUDGE_EVERYTHING } from "#services/validate/deps.ts";
import { isPoison } from "#services/validate/poison.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { createDynamoBlockTries } from "#shared/adapters/aws/dynamo-block-tries.ts";
import { type ChainStores, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { OperatorNotice, Operators } from "#shared/ports/operators.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { type LocalQueues, startLocalQueues } from "../../support/aws/local-queues.ts";
import { forkedChain } from "../../support/forked-chain.ts";
import { headerRecord } from "../../support/header-records.ts";
import { sharedValidator } from "../../support/shared-validator.ts";

const NOW = unixSeconds(1_800_000_000);
const stack = new AsyncDisposableStack();
const clock = createSystemClock();
let queues: LocalQueues;
/** Who subscribed to the city's topic of alarms. */
let mailUrl: string;
let stores: ChainStores;

beforeAll(async () => {
  const tables = stack.use(await openDynamoEndpoint());
  queues = stack.use(await startLocalQueues());
  const names = await makeCityTables(tables.client(), ["chain", "coins"]);
  const mail = queues.createQueue();
  mailUrl = mail.url;
  const { topicArn } = queues.server.createTopic("exos-local-syd-alarms");
  queues.server.subscribe({ topic: "exos-local-syd-alarms", queue: mail.name });
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${queues.server.port}`,
    AWS_ENDPOINT_URL_DYNAMODB: tables.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    EXOS_ENVIRONMENT: "local",
    EXOS_CITY: "syd",
    EXOS_NETWORK: "exos-regtest",
    EXOS_TABLE_CHAIN: names.chain,
    EXOS_TABLE_COINS: names.coins,
    EXOS_BUCKET_CHAIN: "exos-local-syd-chain",
    EXOS_QUEUE_CONNECT: queues.createQueue({ FifoQueue: "true" }).url,
    EXOS_QUEUE_ANNOUNCE: queues.createQueue().url,
    EXOS_TOPIC_FOLLOW: queues.server.createTopic("exos-local-syd-follow").topicArn,
    EXOS_TOPIC_ALARMS: topicArn,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  stores = openChainStores(environment, {
    clients: { dynamo: tables.client() },
    ...{ network: exosRegtest, clock, entropy: createSystemEntropy() },
  });
  // Dozens of lines of a log are nobody's here.
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await stack.disposeAsync();
});

/** What came to whoever subscribed, so far. */
async function mailed(): Promise<{ readonly Subject: string; readonly Message: string }[]> {
  const asked = { QueueUrl: mailUrl, MaxNumberOfMessages: 10 };
  const { Messages = [] } = await queues.sqs.send(new ReceiveMessageCommand(asked));
  return Messages.map(({ Body = "" }) => JSON.parse(Body));
}

it("a block that fells its workers is told to operators once a day, and no run fails where nobody can be told", async () => {
  const told: OperatorNotice[] = [];
  let isReached = false;
  const operators: Operators = {
    async tell(notice) {
      if (!isReached) throw new StoreFault("no topic", { retryable: true, code: "EXOS-E8102" });
      told.push(notice);
    },
  };
  const log = createMemoryLog();
  const bad = headerRecord(undefined, 7);
  const city = sharedValidator(exosRegtest, NOW);
  const shared = { ...city.shared, operators };
  const lookAt = (seconds: number) => {
    const later: Clock = { ...city.clock, now: () => unixSeconds(NOW + seconds) };
    return isPoison(bad, false, { shared, clock: later, log });
  };
  for (const seconds of [0, 90]) await shared.tries.note(bad.hash, unixSeconds(NOW + seconds));
  expect(await lookAt(91)).toBe(true);
  expect(log.records.map(({ code }) => code)).toEqual(["EXOS-E8111", "EXOS-E8102"]);
  isReached = true;
  for (const seconds of [100, 160, 689]) expect(await lookAt(seconds)).toBe(true);
  const { hash, height } = bad;
  expect(told).toMatchObject([{ code: "EXOS-E8111", facts: { hash, height, tries: 2 } }]);
  expect(told[0]?.todo).toContain(`--block ${hash}`);
  expect(await lookAt(690)).toBe(false);
  // It fells one worker more each time that its rest is over.
  for (const [seconds, times] of [
    [86_499, 1],
    [86_500, 2],
    [86_560, 2],
  ] as const) {
    await shared.tries.note(hash, unixSeconds(NOW + seconds));
    expect(await lookAt(seconds)).toBe(true);
    expect(told).toHaveLength(times);
  }
});

it("a block that felled three runs is mailed once by the city's function, with what to run", async () => {
  const deps = composeConnect(process.env);
  const run = (attempt: number) =>
    connectHinted({ attempt, deadlineMs: deps.clock.elapsedMs() + 45_000 }, deps);
  await run(1);
  const [first] = forkedChain().trunk;
  if (first === undefined) throw new RangeError("no block");
  const { hash } = first.record;
  const arrivals = { ...stores, network: exosRegtest, clock, policy: JUDGE_EVERYTHING };
  await storeBlock(first.bytes, arrivals);
  const tries = createDynamoBlockTries(stores.chain);
  // As the second and the third delivery noted it before they died.
  for (const _ of [2, 3]) await tries.note(hash, clock.now());

  await run(4);
  expect(await stores.coins.tip()).toMatchObject({ height: 0 });
  const Subject = "EXOS-E8111 syd: a block was begun again and again without an end";
  expect(await mailed()).toMatchObject([{ Subject }]);
  expect(await tries.get(hash)).toMatchObject({ count: 2, told: expect.any(Number) as number });
  // The tick finds it each minute, as long as it is there.
  await run(1);
  expect(await mailed()).toEqual([]);
});
