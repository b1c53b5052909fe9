import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { callsOf, GRANTS, type Handler } from "#infra/grants.ts";
import type { GrantFacts, PortCall } from "#infra/port-calls.ts";
import { cityNames } from "#regions/city-names.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { planSweep } from "#services/cli/fleet/plan-sweep.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";
import { cannedAws } from "../support/aws/canned-aws.ts";
import { cannedFunction, cannedKey } from "../support/aws/canned-keys.ts";
import { openTracedCity, type TracedCity } from "../support/aws/traced-city.ts";
import { openTracedDoors } from "../support/aws/traced-doors.ts";
import { signer } from "../support/block-builder.ts";
import { startCityProcess } from "../support/city-process.ts";
import { isOfLaterNumbers, rulesOfCall } from "../support/compare-call.ts";
import { openPeerNode, type PeerNode } from "../support/peer-node.ts";
import { allows, type PolicyRule } from "../support/policy-matcher.ts";
import { REFERENCED, rolePolicies, singleRules } from "../support/role-policies.ts";
import { localFleet } from "../support/synthesised-fleet.ts";
import { temporaryFolder } from "../support/test-node.ts";
import { youngChain } from "../support/young-chain.ts";

/** The one city that stakes: the chain's development network, on this machine. */
const NAMES = cityNames({
  environment: "local",
  code: "loc",
  region: "us-east-1",
  account: "000000000000",
});
/** Its key's name is known once it is made; until then the template refers to it. */
const FACTS: GrantFacts = { stakeKey: REFERENCED };
const SWEEP_ADDRESS = EXAMPLE_DEPLOYMENT.sweepAddresses.local ?? fail("no address");
const KEY = signer(7);
const { consensus } = exosRegtest;

function fail(message: string): never {
  throw new RangeError(message);
}

const stack = new AsyncDisposableStack();
let city: TracedCity;
let doors: Awaited<ReturnType<typeof openTracedDoors>>;
let peer: PeerNode;
let blocks: readonly Uint8Array[];
/** The signing function's own door, which nobody else may pass. */
let sign: (event: unknown) => Promise<unknown>;

beforeAll(async () => {
  localFleet();
  const canned = {
    ...cannedAws(NAMES, { running: 1, since: 0 }),
    ...cannedKey(KEY.secret),
    ...cannedFunction((event) => sign(event)),
  };
  city = stack.use(await openTracedCity(exosRegtest, canned, NAMES));
  vi.stubEnv("EXOS_KEY_STAKE", REFERENCED);
  vi.stubEnv("EXOS_SWEEP_ADDRESS", SWEEP_ADDRESS);
  doors = await openTracedDoors(city);
  const { handler } = await import("#services/stake/sign.lambda.ts");
  sign = (event) => city.as("stake-sign", () => handler(event));
  const folder = stack.use(temporaryFolder());
  peer = stack.use(await openPeerNode(exosRegtest, folder.path));
  blocks = await youngChain(KEY);
  for (const block of blocks) await peer.node.validator.accept(block);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack.disposeAsync();
});

/** The task follows a peer, and gives it a block that it has staked itself. */
async function stake(): Promise<void> {
  const environment = {
    ...city.environment,
    AWS_ACCESS_KEY_ID: "ingest",
    EXOS_FUNCTION_SIGN: `${NAMES.prefix}-stake-sign`,
  };
  const words = [`--connect=127.0.0.1:${peer.endpoint.port}`, "--listen=127.0.0.1:0", "--health=0"];
  await using task = startCityProcess(["ingest", ...words], environment);
  await peer.until(async () => {
    await doors.settle();
    return (await peer.node.tip()).height > blocks.length;
  });
  expect((await peer.node.tip()).proofKind).toBe("stake");
  expect((await task.stop()).code).toBe(0);
}

/** What a young block paid to the key, to the address that the deployer fixed. */
async function sweep(): Promise<void> {
  const [, , third = new Uint8Array(0)] = blocks;
  const decoded = decodeBlock(third, consensus.wire);
  const [coinbase] = decoded.ok ? decoded.value.transactions : [];
  const [made] = coinbase?.outputs ?? [];
  if (coinbase === undefined || made === undefined) fail("no coinbase");
  const { txid, time } = coinbase;
  const coin = { ...made, time, outpoint: { txid, index: 0 } };
  const to = scriptOfAddress(
    parseAddress(SWEEP_ADDRESS, exosRegtest.addresses) ?? fail("no address"),
  );
  const [part] = planSweep([coin], { to, now: unixSeconds(Date.now() / 1_000) }, consensus);
  const transaction = Buffer.from(part?.raw ?? []).toString("base64");
  expect(await sign({ v: 1, kind: "sweep", transaction })).toMatchObject({ kind: "swept" });
}

const textOf = ({ actions, resources }: PolicyRule) => `${actions} ${resources}`;
/** S3 makes it by itself. */
const isImplied = ({ actions: [action = ""] }: PolicyRule) => action === "s3:ListBucket";
/** A key whose history is longer than one call reads; `observed-calls.test.ts` makes it. */
const BY_CALL: readonly PortCall[] = ["index.fold"];
/** What a handler is granted in a city that stakes, and in no other. */
const rightsOfStaking = (handler: Handler): readonly string[] =>
  callsOf(handler, FACTS)
    .filter((call) => handler === "stake-sign" || !GRANTS[handler].includes(call))
    .filter((call) => !BY_CALL.includes(call))
    .flatMap((call) => rulesOfCall(call, NAMES, FACTS).map(textOf));

describe("what a city that stakes may do besides is what it does", () => {
  it("follows a peer, stakes, and gives it the block", stake);
  it("signs a sweep", sweep);

  it.each(["ingest", "stake-sign"] as const)("%s, both ways", (handler) => {
    const rules = rolePolicies(localFleet(), NAMES.code).get(handler) ?? [];
    const asked = city.observed.get(handler) ?? [];
    const refused = asked.filter((one) => !allows(rules, one));
    const staking = rightsOfStaking(handler);
    const own = singleRules(rules).filter((rule) => staking.includes(textOf(rule)));
    const unused = own.filter(
      (rule) =>
        !isImplied(rule) &&
        !isOfLaterNumbers(rule) &&
        !asked.some((request) => allows([rule], request)),
    );
    process.stdout.write(`${handler}: ${asked.length} requests, ${own.length} rights\n`);
    expect([...new Set(refused.map(({ action, resource }) => `${action} ${resource}`))]).toEqual(
      [],
    );
    expect(unused.map(textOf)).toEqual([]);
    expect(own.length).toBeGreaterThan(0);
  });
});
