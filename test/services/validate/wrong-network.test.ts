import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkBlock } from "#services/validate/check-block.ts";
import { composeCheck, composeConnect } from "#services/validate/compose-aws.ts";
import { connectHinted } from "#services/validate/connect-hinted.ts";
import { JUDGE_EVERYTHING } from "#services/validate/deps.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { type ChainStores, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { forkedChain } from "../../support/forked-chain.ts";

const REFUSED = { code: "EXOS-E8106", retryable: false };
const silent = { send: async () => undefined };

let endpoint: DynamoEndpoint;
let environment: Readonly<Record<string, string>>;
let stores: ChainStores;
let hash: HashHex;

/** A city of `exos-regtest` with a tip, and the block after it as it was brought. */
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
  const names = await makeCityTables(endpoint.client(), ["chain", "coins"]);
  const queue = (name: string) => `http://127.0.0.1:9/0/exos-local-syd-${name}`;
  const own = {
    EXOS_TABLE_CHAIN: names.chain,
    EXOS_TABLE_COINS: names.coins,
    EXOS_BUCKET_CHAIN: "exos-local-syd-chain",
  };
  environment = {
    ...own,
    EXOS_ENVIRONMENT: "local",
    EXOS_CITY: "syd",
    EXOS_NETWORK: "exos-regtest",
    EXOS_QUEUE_CONNECT: queue("connect.fifo"),
    EXOS_QUEUE_ANNOUNCE: queue("announce"),
    EXOS_TOPIC_FOLLOW: "arn:aws:sns:x:1:exos-local-syd-follow",
    EXOS_TOPIC_ALARMS: "arn:aws:sns:x:1:exos-local-syd-alarms",
  };
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", endpoint.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const clock = createSystemClock();
  stores = openChainStores(own, {
    clients: { dynamo: endpoint.client() },
    network: exosRegtest,
    clock,
    entropy: createSystemEntropy(),
  });
  const genesis = genesisRecord(exosRegtest);
  await stores.headers.put(genesis);
  await stores.coins.commit(0, genesisTip(genesis));
  const [block] = forkedChain().trunk;
  if (block === undefined) throw new RangeError("no block");
  hash = block.record.hash;
  const arrivals = { ...stores, network: exosRegtest, clock, policy: JUDGE_EVERYTHING };
  await storeBlock(block.bytes, arrivals);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await endpoint[Symbol.asyncDispose]();
});

describe("a city whose functions were deployed with another network", () => {
  const wrong = () => ({ ...environment, EXOS_NETWORK: "exos-test" });

  it("judges no block of the chain that is there", async () => {
    const check = { ...composeCheck(wrong()), connect: silent, announce: silent };
    await expect(checkBlock(hash, {}, check)).rejects.toMatchObject(REFUSED);
    await expect(checkBlock(hash, {}, check)).rejects.toThrow("exos-local-syd-t");
    expect(await stores.headers.get(hash)).toMatchObject({ rejected: undefined });
  });

  it("connects none, and has the tip and the marks that it had", async () => {
    const connect = { ...composeConnect(wrong()), connect: silent, follow: silent };
    const run = { attempt: 1, deadlineMs: Number.POSITIVE_INFINITY };
    await expect(connectHinted(run, connect)).rejects.toMatchObject(REFUSED);
    expect(await stores.headers.get(hash)).toMatchObject({ rejected: undefined, applied: [] });
    expect((await stores.coins.tip())?.height).toBe(0);
  });

  it("goes on where the network is its own again", async () => {
    const run = { attempt: 1, deadlineMs: Number.POSITIVE_INFINITY };
    const composed = { ...composeConnect(environment), connect: silent, follow: silent };
    await checkBlock(
      hash,
      {},
      {
        ...composeCheck(environment),
        connect: silent,
        announce: silent,
      },
    );
    await connectHinted(run, { ...composed, shared: { ...composed.shared, announce: silent } });
    expect((await stores.coins.tip())?.hash).toBe(hash);
  });
});
