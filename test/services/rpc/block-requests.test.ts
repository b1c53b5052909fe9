import { afterEach, expect, it, vi } from "vitest";
import { composeAws as composeIndex } from "#services/index/compose-aws.ts";
import { followWithin } from "#services/index/follow-within.ts";
import { packSegments } from "#services/ingest/pack-segments.ts";
import { createCityRouter } from "#services/rpc/city-router.ts";
import { composeAws } from "#services/rpc/compose-aws.ts";
import { bufferedHandler } from "#services/rpc/http/function-door.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { inParallel } from "#shared/ports/in-parallel.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { EMPTY_TOTALS, openPackingCity } from "../../support/aws/packing-city.ts";
import { openSettledCity, type SettledCity } from "../../support/aws/settled-city.ts";
import { testSettings } from "../../support/aws/test-settings.ts";
import { type BilledRequest, openTracedEndpoint } from "../../support/aws/traced-endpoint.ts";
import { functionEvent } from "../../support/function-event.ts";

/** What `getblock` may ask of tables and buckets. @source cloud.md 16 row 4 */
const REQUESTS_MAX = 4;
/** Blocks of the chain, and of its first segment. */
const BLOCKS = 32;
const PACKED = 4;

const print = (line: string) => process.stdout.write(`${line}\n`);

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** What settling leaves out: bodies, the notice of the tip, and the first blocks put away. */
async function settleRest({ chain, deps, environment, unrecorded }: SettledCity) {
  const { genesis, wire } = chain.network.consensus;
  await inParallel(chain.records, 16, async ({ hash, height }) => {
    const block = chain.blocks[height - 1];
    const bytes = block === undefined ? genesis.raw.slice() : encodeBlock(block, wire);
    await deps.blocks.put(hash, bytes);
    await deps.headers.setApplied(hash, 0, EMPTY_TOTALS.encode());
  });
  const tip = await deps.coins.tip();
  if (tip !== undefined) await deps.shared.notice.put(tip);
  const { EXOS_TABLE_CHAIN = "", EXOS_BUCKET_CHAIN = "", AWS_ENDPOINT_URL_S3 = "" } = environment;
  const s3 = createS3Client(testSettings(AWS_ENDPOINT_URL_S3));
  const where = { table: EXOS_TABLE_CHAIN, bucket: EXOS_BUCKET_CHAIN, dynamo: unrecorded, s3 };
  const plan = { base: PACKED, segmentBlocks: PACKED, owner: "us", now: chain.now };
  const packing = openPackingCity(where, { chain: chain.records, ...plan });
  expect(await packSegments(packing.deps)).toBe(1);
  s3.destroy();
}

/** The function `rpc` of a city whose index has followed, and what it asks for. */
async function openMeteredCity() {
  const stack = new AsyncDisposableStack();
  const city = stack.use(await openSettledCity(BLOCKS, ["chain", "coins", "index", "pool"]));
  await settleRest(city);
  const { AWS_ENDPOINT_URL_DYNAMODB = "", AWS_ENDPOINT_URL_S3 = "" } = city.environment;
  const asked: BilledRequest[] = [];
  const meter = stack.use(
    await openTracedEndpoint({
      tables: AWS_ENDPOINT_URL_DYNAMODB,
      others: AWS_ENDPOINT_URL_S3,
      place: { region: "us-east-1", account: "111122223333" },
      asked: () => undefined,
      billed: (_, request) => asked.push(request),
    }),
  );
  const environment = {
    ...city.environment,
    EXOS_ENVIRONMENT: "local",
    EXOS_CITY: "syd",
    EXOS_NETWORK: city.chain.network.name,
    EXOS_QUEUE_BLOCKS: `${meter.url}/000000000000/exos-local-syd-blocks`,
    EXOS_QUEUE_TRANSACTIONS: `${meter.url}/000000000000/exos-local-syd-transactions`,
    EXOS_SECRETS: "/exos/local/syd",
    EXOS_RELEASE: "1.2.3",
  };
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", AWS_ENDPOINT_URL_DYNAMODB);
  vi.stubEnv("AWS_ENDPOINT_URL_S3", AWS_ENDPOINT_URL_S3);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const index = { deps: composeIndex(environment).deps, log: createMemoryLog() };
  expect((await followWithin(600_000, index))?.height).toBe(BLOCKS);
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", meter.url);
  vi.stubEnv("AWS_ENDPOINT_URL_S3", meter.url);
  // What is held is not looked at again before this clock says so.
  vi.useFakeTimers({ toFake: ["performance"] });
  const deps = composeAws(environment);
  const door = bufferedHandler(createCityRouter(deps, new Map([["syd", deps]])));

  /** @returns what one call asks for */
  async function requestsOf(method: string, ...params: unknown[]): Promise<string[]> {
    asked.length = 0;
    const body = JSON.stringify({ method, params, id: 1 });
    const answer = await door(functionEvent({ method: "POST", path: "/c/syd/", body }));
    if (typeof answer === "string") throw new RangeError("no object");
    expect(JSON.parse(answer.body ?? "")).toMatchObject({ error: null });
    return asked.map(({ action, leads }) =>
      `${action.split(":")[1]} ${leads.join(" ").slice(0, 8)}`.trim(),
    );
  }
  return { chain: city.chain, requestsOf, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

it(`takes at most ${REQUESTS_MAX} requests to show a block that is not packed`, async () => {
  await using city = await openMeteredCity();
  const { chain, requestsOf } = city;
  const hashAt = (at: number) => chain.records[at]?.hash;
  const first = await requestsOf("getblock", hashAt(9));
  print([`getblock: ${first.length} requests, first call of a process`, ...first].join(" · "));
  // That a segment is declared is asked once in a process.
  await requestsOf("getblock", hashAt(1));
  const cases: readonly (readonly [string, number, string, ...unknown[]])[] = [
    ["of the tip", REQUESTS_MAX, "getblock", hashAt(BLOCKS)],
    ["in the window", REQUESTS_MAX, "getblock", hashAt(BLOCKS - 3)],
    // Its header is no item any more: where it lies instead, and what is said of it there.
    ["packed", REQUESTS_MAX + 2, "getblock", hashAt(2)],
    ["of the tip, which is held", 0, "getblockcount"],
    ["of the tip's header, which is held", 0, "getdifficulty"],
    ["in the window", 0, "getblockhash", BLOCKS - 3],
    ["unspent", 1, "gettxout", toHashHex(chain.coinbaseAt(9).outpoint.txid), 0, false],
  ];
  for (const [what, most, method, ...params] of cases) {
    const requests = await requestsOf(method, ...params);
    print([`${method}: ${requests.length} of ${most} requests, ${what}`, ...requests].join(" · "));
    expect([method, what, requests.length <= most]).toEqual([method, what, true]);
  }
  vi.advanceTimersByTime(1_000);
  expect(await requestsOf("getblockcount")).toEqual(["GetItem NOW"]);
  expect(await requestsOf("getblockcount")).toEqual([]);
});
