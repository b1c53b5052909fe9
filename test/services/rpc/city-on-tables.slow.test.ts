import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { composeAws as composeIndex } from "#services/index/compose-aws.ts";
import { followWithin } from "#services/index/follow-within.ts";
import { createCityRouter } from "#services/rpc/city-router.ts";
import { composeAws, WANTED } from "#services/rpc/compose-aws.ts";
import { bufferedHandler } from "#services/rpc/http/function-door.ts";
import { createValidator } from "#services/validate/core.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import {
  CHAIN_VARIABLES,
  type ChainStores,
  openChainStores,
} from "#shared/adapters/aws/open-chain-stores.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3RichList } from "#shared/adapters/aws/s3-rich-list.ts";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { richestOfSet } from "#shared/adapters/embedded/richest-of-set.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import type { Network } from "#shared/consensus/params.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../../support/aws/fauxqs-endpoint.ts";
import { loadChain } from "../../support/chain-file.ts";
import { CITY_ACCESS } from "../../support/city-access.ts";
import { functionEvent, type TestRequest } from "../../support/function-event.ts";
import { createRpcNode, type RpcNode, recordedBlocks } from "../../support/rpc-node.ts";
import { sharedValidator } from "../../support/shared-validator.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const TIP = 64;

/** A recorded chain up to that height, and whose it is. */
interface AskedChain {
  readonly network: Network;
  readonly file: string;
  /** From height 1 up; `undefined` without the vectors. */
  readonly blocks: readonly Uint8Array[] | undefined;
  readonly addresses: readonly string[];
}

const CHAINS: readonly AskedChain[] = [
  {
    network: exosRegtest,
    file: "exos-regtest/chain.dat",
    blocks: recordedBlocks(TIP),
    addresses: ["XaQ3FLPDyHc2ScMubVv2x3SvWF6BGb93u8", "XTgsMRHPJcDe8fQcYzX8uwVmWd8Ma6fQCe"],
  },
  {
    network: stratis,
    file: "stratis/blk0001.dat",
    // The file begins with genesis.
    blocks: loadChain("stratis/blk0001.dat", 4)?.slice(1, TIP + 1),
    addresses: ["SRw3cB25haCFc9TosqgBpbndXP5kLnCoy7", "SXoi5fhZvpRtvALBbSRt6vzdmP7zVDhWqh"],
  },
];

const rpc = (method: string, ...params: unknown[]): TestRequest => ({
  method: "POST",
  path: "/",
  body: JSON.stringify({ method, params, id: 1 }),
});

/** What is read of a chain and its index, by every dialect. */
const requestsOf = ({ addresses }: AskedChain, tip: HashHex): readonly TestRequest[] => [
  rpc("getblockcount"),
  rpc("getbestblockhash"),
  rpc("getblockhash", 17),
  rpc("getblockchaininfo"),
  rpc("getchaintips"),
  rpc("gettxoutsetinfo"),
  rpc("getindexinfo"),
  rpc("getrawmempool"),
  rpc("getblockhash", TIP + 1),
  rpc("getblockheader", tip),
  rpc("getblock", tip),
  rpc("getblock", tip, 3),
  { path: "/v1/tip" },
  { path: "/v1/blocks?limit=200" },
  { path: "/v1/blocks/0" },
  { path: "/v1/blocks/1" },
  { path: `/v1/blocks/${TIP}` },
  { path: `/v1/blocks/${TIP}/txs` },
  { path: "/v1/headers?from=60" },
  { path: "/v1/supply" },
  { path: "/v1/richlist" },
  { path: "/v1/richlist?limit=3" },
  { path: "/v1/staking/network" },
  { path: "/v1/mempool" },
  { path: "/v1/search?q=12" },
  ...addresses.flatMap((address) =>
    ["", "/txs", "/coins"].map((list) => ({ path: `/v1/addresses/${address}${list}` })),
  ),
];

/** A city keeps a smaller pool, too. */
const OF_THE_PROCESS: ReadonlySet<string> = new Set([
  "size_on_disk",
  "ageSeconds",
  "verificationprogress",
  "loaded",
  "usageMax",
]);

/** Of the answer what is the chain's: other members speak of the process or the moment. */
function ofTheChain(text: string): unknown {
  return JSON.parse(text, (key, value) => (OF_THE_PROCESS.has(key) ? undefined : value));
}

/** Judge and connect blocks on the tables, as the city's own handlers do. */
async function connectAll(
  { network, blocks: chain = [] }: AskedChain,
  stores: ChainStores,
): Promise<void> {
  const deps = sharedValidator(network, unixSeconds(1_526_428_694));
  const headers = {
    ...stores.headers,
    children: async () => [],
    clearApplied: async () => undefined,
  };
  const { blocks: bodies, coins, notice } = stores;
  const shared = { ...deps.shared, notice };
  const validator = createValidator({ ...deps, blocks: bodies, headers, coins, shared });
  for (const block of chain) {
    expect(await validator.accept(block.slice())).toMatchObject({ state: "accepted" });
  }
  await validator.connect();
}

/** Write who holds most of a set of this chain, as the loading task does. */
async function countHolders({ stores, deps }: RpcNode, client: S3Client, bucket = "") {
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const folder = temporaryFolder();
  await exportSnapshot({ ...stores, network: deps.network, program: "test" }, folder);
  await createS3RichList(createS3Objects({ client, bucket })).write(await richestOfSet(folder));
}

describe.each(CHAINS)("a city whose tables hold $file", (chain) => {
  const { network, blocks } = chain;
  let dynamo: DynamoEndpoint;
  let queues: FauxqsEndpoint;
  let environment: Record<string, string>;

  beforeAll(async () => {
    [dynamo, queues] = await Promise.all([openDynamoEndpoint(), openFauxqsEndpoint()]);
    const client = dynamo.client();
    const tables = await makeCityTables(client);
    environment = {
      EXOS_ENVIRONMENT: "local",
      EXOS_CITY: "syd",
      EXOS_NETWORK: network.name,
      EXOS_TABLE_CHAIN: tables.chain,
      EXOS_TABLE_COINS: tables.coins,
      EXOS_TABLE_INDEX: tables.index,
      EXOS_TABLE_POOL: tables.pool,
      EXOS_BUCKET_CHAIN: "exos-local-syd-chain",
      EXOS_QUEUE_BLOCKS: `${queues.url}/000000000000/exos-local-syd-blocks`,
      EXOS_QUEUE_TRANSACTIONS: `${queues.url}/000000000000/exos-local-syd-transactions`,
      EXOS_SECRETS: "/exos/local/syd",
      EXOS_RELEASE: "1.2.3",
    };
    vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", dynamo.url);
    vi.stubEnv("AWS_ENDPOINT_URL_S3", queues.url);
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", queues.url);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const stores = openChainStores(readCityEnvironment(environment, CHAIN_VARIABLES), {
      clients: { dynamo: client, s3: queues.s3() },
      network,
      clock: createSystemClock(),
      entropy: createSystemEntropy(),
    });
    await connectAll(chain, stores);
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await dynamo[Symbol.asyncDispose]();
    await queues[Symbol.asyncDispose]();
  });

  const itAsks = it.skipIf(blocks === undefined);
  itAsks("is followed by its index, and answers what memory answers", async () => {
    const { deps: follower, log } = composeIndex(environment);
    const at = await followWithin(600_000, { deps: follower, log });
    expect(at?.height).toBe(TIP);
    const deps = composeAws(environment);
    const city = bufferedHandler(createCityRouter(deps, new Map([["syd", deps]])));
    const memory = await createRpcNode(blocks ?? [], { access: CITY_ACCESS, city: "syd", network });
    await countHolders(memory, queues.s3(), environment["EXOS_BUCKET_CHAIN"]);
    const node = bufferedHandler(memory.api());
    for (const request of requestsOf(chain, memory.tip().hash)) {
      const [here, there] = await Promise.all([
        city(functionEvent(request)),
        node(functionEvent(request)),
      ]);
      if (typeof here === "string" || typeof there === "string") throw new RangeError("no object");
      expect([request, here.statusCode]).toEqual([request, there.statusCode]);
      expect([request, ofTheChain(here.body ?? "")]).toEqual([
        request,
        ofTheChain(there.body ?? ""),
      ]);
    }
  });

  it("names what is missing in its environment", () => {
    const { EXOS_TABLE_POOL: _, ...rest } = environment;
    expect(() => composeAws(rest)).toThrow("EXOS_TABLE_POOL is missing");
    expect(() => composeAws({ ...environment, EXOS_NETWORK: "nosuch" })).toThrow(StoreFault);
    expect(Object.keys(environment).toSorted()).toEqual([...WANTED].toSorted());
  });
});
