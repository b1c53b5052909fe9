import { createHmac } from "node:crypto";
import dns from "node:dns";
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyStructuredResultV2, LambdaFunctionURLEvent } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { GRANTS, type Handler } from "#infra/grants.ts";
import type { PortCall } from "#infra/port-calls.ts";
import { composeArrivals } from "#services/validate/compose-arrivals.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { CLIENT_HEADER, EDGE_HEADER, edgeStampText } from "#shared/fleet/edge-stamp.ts";
import { blockHint } from "#shared/messages/block-hint.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { CANNED_EDGE_KEY, type CannedTask, cannedAws } from "../support/aws/canned-aws.ts";
import {
  EDGE_HOST,
  openTracedCity,
  TRACED_NAMES,
  type TracedCity,
} from "../support/aws/traced-city.ts";
import { openTracedDoors } from "../support/aws/traced-doors.ts";
import { buildTransaction, buildWork, output } from "../support/block-builder.ts";
import { startCityProcess } from "../support/city-process.ts";
import { isOfLaterNumbers, rulesOfCall } from "../support/compare-call.ts";
import { forkedChain } from "../support/forked-chain.ts";
import { functionEvent, type TestRequest } from "../support/function-event.ts";
import { mineChain, mineOn } from "../support/mine.ts";
import { openPeerNode, type PeerNode } from "../support/peer-node.ts";
import { allows, type PolicyRule } from "../support/policy-matcher.ts";
import { OWNER, RichChain, START_TIME } from "../support/rich-chain.ts";
import { rolePolicies, singleRules } from "../support/role-policies.ts";
import { productionFleet } from "../support/synthesised-fleet.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

type BufferedHandler = (
  event: LambdaFunctionURLEvent,
) => Promise<APIGatewayProxyStructuredResultV2 | string>;

/** What a city that stakes has besides is compared in `observed-staking.slow.test.ts`. */
const HANDLERS = (Object.keys(GRANTS) as Handler[]).filter((name) => name !== "stake-sign");
const PACKED = ["segments.read", "coins.frozen", "coins.frozenGroups"] as const;
/**
 * Calls that a small chain and a short run do not bring about; `observed-calls.test.ts` and
 * `traced-calls.test.ts` make each of them.
 */
const BY_CALL: Readonly<Partial<Record<Handler, readonly PortCall[]>>> = {
  // A block that its header's keeper let pass and no other stage does.
  check: [...PACKED, "headers.dropCandidate"],
  // Hashes are frozen 500 blocks below the tip; no block fells its workers.
  connect: [...PACKED, "coins.commit", "operators.tell"],
  // A full pool, and claims that were lost.
  mempool: [...PACKED, "pool.write"],
  "mempool-follow": [...PACKED, "pool.write"],
  "index-follow": PACKED,
  // Held is what Lambda's own stream takes.
  "rpc-events": ["streams.hold"],
  // Cities that differ.
  watch: ["operators.tell"],
  // An owner with a hundred payments that are final.
  rpc: [...PACKED, "index.fold"],
  // A thousand blocks that are final, and a ban, which is kept when it changes.
  ingest: [...PACKED, "addresses.keep", "segments.write", "segments.release", "leases.hold"],
  // An engine with imports, a generation that is a day old, another city's snapshot, a frozen chain
  // to forget, and blocks above the set.
  load: [
    ...PACKED,
    "generations.load",
    "index.load",
    "cursors.set",
    "snapshots.fetch",
    "chain.refill",
    "segments.write",
    "coins.commit",
    "blocks.get",
    "blocks.put",
  ],
};

const textOf = ({ actions, resources, conditions }: PolicyRule): string =>
  JSON.stringify([actions, resources, conditions.map(({ key, values }) => [key, values])]);
/** S3 and DynamoDB make these themselves. */
const isImplied = ({ actions: [action = ""] }: PolicyRule): boolean =>
  action === "s3:ListBucket" || action.startsWith("logs:");

/** A chain that is long enough to be loaded. */
const RECORDED = vectorsPath("exos-regtest/chain.dat");
const chain = forkedChain();
/** The trunk, and the block that is too large for an item. */
const rich = new RichChain();
const task: CannedTask = { running: 1, since: 0 };
let city: TracedCity;
let doors: Awaited<ReturnType<typeof openTracedDoors>>;
let peer: PeerNode;
/** What the city's chain ends in. */
let top: HeaderRecord;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  productionFleet();
  const lookup = dns.lookup;
  vi.spyOn(dns, "lookup").mockImplementation(((name: string, ...rest: never[]) => {
    const here = name.endsWith(EDGE_HOST) ? "127.0.0.1" : name;
    return Reflect.apply(lookup, dns, [here, ...rest]);
  }) as typeof dns.lookup);
  city = stack.use(await openTracedCity(exosRegtest, cannedAws(TRACED_NAMES, task)));
  doors = await openTracedDoors(city);
  const folder = stack.use(temporaryFolder());
  peer = stack.use(await openPeerNode(exosRegtest, folder.path));
  for (const { bytes } of chain.trunk) await peer.node.validator.accept(bytes);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await stack.disposeAsync();
});

function poolOf() {
  const { pool: table } = TRACED_NAMES.tables;
  return createDynamoPool({ table: createDynamoTable({ client: city.client, table }) });
}
const tipOf = async () => (await city.stores.coins.tip())?.hash;
/** The city's functions run whenever there is something to do, until it holds. */
const until = (holds: () => Promise<boolean>) =>
  peer.until(async () => {
    await doors.settle();
    return holds();
  });

const asProcess = (handler: Handler) => ({ ...city.environment, AWS_ACCESS_KEY_ID: handler });
const OWNER_ADDRESS = "XTgsMRHPJcDe8fQcYzX8uwVmWd8Ma6fQCe";
const spendOf = (at: number, value: bigint, count = 1) => {
  const spend = rich.coinbaseAt(at);
  const each = (spend.coin.value - value) / BigInt(count);
  const outputs = Array.from({ length: count }, () => output(each, OWNER.payToHash));
  const time = unixSeconds(START_TIME + 16 * 31);
  return buildTransaction({ time, inputs: [spend], outputs }, exosRegtest.consensus);
};

/** A block too large for an item, and one with a stake. */
const special = () => {
  const tx = spendOf(11, 100_000_000n, 300);
  rich.append(rich.work({ transactions: [tx] }));
  rich.append(rich.stake());
  return rich.blocks.slice(-2).map((block) => encodeBlock(block, exosRegtest.consensus.wire));
};
function raise(): never {
  throw new RangeError("there is none");
}

async function follow(): Promise<void> {
  const connect = `--connect=127.0.0.1:${peer.endpoint.port}`;
  await using ingest = startCityProcess(
    ["ingest", connect, "--listen=127.0.0.1:0", "--health=0"],
    asProcess("ingest"),
  );
  await until(async () => (await tipOf()) === chain.trunk.at(-1)?.record.hash);
  for (const { bytes } of chain.branch(5)) await peer.node.validator.accept(bytes);
  await until(async () => (await tipOf()) === chain.branch(5).at(-1)?.record.hash);
  for (const { bytes } of chain.branch(8, 2)) await peer.node.validator.accept(bytes);
  await until(async () => (await tipOf()) === chain.branch(8, 2).at(-1)?.record.hash);
  // One stake weighs more than all of their work.
  for (const bytes of special()) await peer.node.validator.accept(bytes);
  top = rich.tip;
  await until(async () => (await tipOf()) === top.hash);
  // Another node has its blocks from the city.
  const [, port] = await ingest.says(/"port":(\d+)/);
  using folder = temporaryFolder();
  await using other = await openPeerNode(exosRegtest, folder.path);
  await other.connect({ host: "127.0.0.1", port: Number(port) });
  await until(async () => (await other.node.tip()).hash === top.hash);
  // What a peer tells of goes into the pool.
  const tx = spendOf(10, 1_000_000n);
  const accepted = await peer.node.mempool.accept(tx.raw, { source: "local" });
  expect(accepted).toMatchObject({ state: "accepted" });
  const told = toHashHex(tx.txid);
  await until(async () => (await poolOf().get(told)) !== undefined);
  expect((await ingest.stop()).code).toBe(0);
}

/** Bodies that were broken after they were stored, small and large, found by `check` and `connect`. */
async function drop(): Promise<void> {
  const parent = top;
  for (const [at, size] of [200, 9_000, 200, 9_000].entries()) {
    const block = await mineOn(parent, Uint8Array.of(0x51 + at), exosRegtest);
    await bring([block.bytes]);
    if (at >= 2) await city.take("blocks");
    const { hash } = block.record;
    await city.stores.blocks.forget(hash);
    await city.stores.blocks.put(hash, new Uint8Array(size).fill(at));
    if (at >= 2) await doors.tick();
    await doors.settle();
    expect(await city.stores.blocks.get(hash)).toBeUndefined();
  }
}

/** A block that spends what is not there, and some that are found when there is no time for them. */
async function refuse(): Promise<void> {
  const params = exosRegtest.consensus;
  const parent = top;
  const time = parent.header.time + params.spacingSeconds;
  const spend = rich.grant();
  const outputs = [output(1_000_000n, OWNER.payToHash)];
  const tx = buildTransaction({ time: unixSeconds(time), inputs: [spend], outputs }, params);
  const bad = buildWork({ parent, params }, OWNER.payToKey, { time, transactions: [tx] });
  await bring([encodeBlock(bad, params.wire)]);
  await doors.settle();
  expect(await city.take("announce")).toContainEqual(expect.stringContaining('"kind":"bad"'));
  const more = await mineChain(parent, 12, { script: Uint8Array.of(0x51), network: exosRegtest });
  await bring(more.map(({ bytes }) => bytes));
  await doors.tick(1);
  await doors.settle();
  top = more.at(-1)?.record ?? raise();
  expect(await tipOf()).toBe(top.hash);
}

/** Store blocks as a peer process does, but for who asks. */
async function bring(blocks: readonly Uint8Array[]): Promise<void> {
  const deps = { ...city.stores, network: exosRegtest, clock: createSystemClock() };
  const policy = { checkpoints: "assert", assumes: () => false } as const;
  const { store } = composeArrivals({ ...deps, policy });
  for (const block of blocks) {
    const stored = await store(block);
    expect(stored).toMatchObject({ state: "accepted" });
    if (stored.state === "accepted")
      await city.send("blocks", blockHint("block", stored.record.hash));
  }
}

const stamped = (): Record<string, string> => {
  const unix = Math.floor(Date.now() / 1_000);
  const text = edgeStampText(unix, "192.0.2.1");
  const stamp = createHmac("sha256", CANNED_EDGE_KEY).update(text).digest("hex");
  return { [CLIENT_HEADER]: "192.0.2.1", [EDGE_HEADER]: `${unix}.${stamp}` };
};

async function answer(): Promise<void> {
  const { handler } = await import("#services/rpc/lambda.ts");
  const { handler: events } = await import("#services/rpc/events.lambda.ts");
  const ask = async (request: TestRequest, door = handler, as: Handler = "rpc") => {
    const event = functionEvent({ ...request, headers: { ...request.headers, ...stamped() } });
    const said = await city.as(as, () => (door as BufferedHandler)(event));
    // Not ready, it is too far behind its own peers: that is an answer too.
    if (typeof said === "string" || ![200, 404, 503].includes(said.statusCode ?? 500)) {
      throw new RangeError(`${request.path}: ${typeof said === "string" ? said : said.body}`);
    }
    return said;
  };
  const rpc = (method: string, ...params: unknown[]) =>
    ask({ method: "POST", path: "/", body: JSON.stringify({ method, params, id: 1 }) });
  const [first] = chain.trunk;
  const wideBlock = rich.records.at(-2)?.hash;
  const tx = spendOf(9, 1_000_000n);
  const parent = top;
  const small = await mineOn(parent, Uint8Array.of(0x60), exosRegtest);
  await rpc("submitblock", toHex(small.bytes));
  const time = parent.header.time + 16;
  const place = { parent, params: exosRegtest.consensus };
  const parts = { time, transactions: [spendOf(12, 100_000_000n, 300)] };
  const wide = buildWork(place, OWNER.payToKey, parts);
  await rpc("submitblock", toHex(encodeBlock(wide, exosRegtest.consensus.wire)));
  await rpc("sendrawtransaction", toHex(tx.raw));
  await doors.settle();
  await readAnew();
  await rpc("sendrawtransaction", toHex(spendOf(14, 1_000_000n).raw));
  await doors.settle();
  for (const path of [
    "/v1/tip",
    "/v1/blocks?limit=20",
    `/v1/blocks/${first?.record.hash}`,
    `/v1/blocks/${wideBlock}`,
    "/v1/headers?from=3",
    "/v1/supply",
    "/v1/richlist",
    "/v1/mempool",
    "/v1/fleet",
    "/v1/health",
    "/readyz",
    `/v1/txs/${toHashHex(tx.txid)}`,
    `/v1/addresses/${OWNER_ADDRESS}/txs`,
  ]) {
    await ask({ path });
  }
  await rpc("getchaintips");
  await rpc("getrawmempool");
  await rpc("gettxoutsetinfo");
  await ask({ path: "/v1/events" }, events, "rpc-events");
  await doors.settle();
}

/** As after another process wrote, and some seconds: who looks next reads what counts in the pool. */
async function readAnew(): Promise<void> {
  const pool = poolOf();
  const { rev, ...summary } = await pool.summary();
  expect(await pool.setSummary(rev, summary)).toBe(true);
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + 10_000);
}

/** A minute of a city that watches the fleet, and one in which no task ran for long. */
async function watchOver(): Promise<void> {
  const fleet = {
    EXOS_SEED_ZONE: "Z0123456789ABCDEFGHIJ",
    EXOS_SEED_NAME: "syd.seed.exos.example",
    EXOS_FLEET_CITIES: "syd,lon",
    EXOS_FLEET_ORIGIN: city.url,
    EXOS_EDGE_STORE: `arn:aws:cloudfront::${TRACED_NAMES.account}:key-value-store/00000000-0000-0000-0000-000000000000`,
    EXOS_BUCKET_WEB: `exos-prod-${TRACED_NAMES.account}-web`,
  };
  for (const [name, value] of Object.entries(fleet)) vi.stubEnv(name, value);
  const { handler } = await import("#services/ingest/watch.lambda.ts");
  await city.client.send(
    new DeleteItemCommand({
      TableName: TRACED_NAMES.tables.chain,
      Key: { pk: { S: "NOW" }, sk: { B: Uint8Array.of(0) } },
    }),
  );
  const { hash } = rich.tip;
  await city.stores.headers.addCandidate({ work: 1n << 90n, hash });
  // What it began with is not confirmed, and nobody is at it.
  const gen = (await city.stores.coins.tip())?.gen ?? raise();
  await city.stores.generations.noteLoaded(gen, { assumed: true, digest: hash });
  await city.as("watch", handler);
  await city.stores.generations.noteConfirmed(gen);
  task.running = 0;
  const at = unixSeconds(Math.floor(Date.now() / 1_000) - 700);
  const beat = { service: "ingest", at, peersIn: 0, peersOut: 0, addresses: 0 } as const;
  await city.stores.heartbeats.beat({ ...beat, bestHeader: undefined });
  await city.as("watch", handler);
}

/** The chain of another node takes the place of the city's, whose operator named it. */
async function load(): Promise<void> {
  using folder = temporaryFolder();
  using disk = temporaryFolder();
  await using source = await openPeerNode(exosRegtest, folder.path);
  await importFile(source.node, RECORDED ?? raise(), { stopHeight: 640 });
  await source.ingest.tipMoved();
  const connect = `--connect=127.0.0.1:${source.endpoint.port}`;
  const environment = { ...asProcess("load"), EXOS_DATADIR: disk.path };
  await using loading = startCityProcess(["load", connect, "--refill"], environment);
  await loading.says(/"msg":"loaded"/);
}

/** The city publishes its own set; a load left it one that is not a segment old. */
async function publish(): Promise<void> {
  using disk = temporaryFolder();
  const environment = { ...asProcess("load"), EXOS_DATADIR: disk.path };
  await using publishing = startCityProcess(["load", "--snapshot"], environment);
  await publishing.says(/"msg":"snapshot [a-z ]+"|EXOS-E8132/);
}

describe.skipIf(RECORDED === undefined)("what a role may do is what its handler does", () => {
  it("a city follows a peer over reorganisations, serves another one, and stops", follow);
  it("drops bodies that are broken", drop);
  it("refuses a block, and goes on where it had no time left", refuse);
  it("answers, streams, and takes a payment and blocks", answer);
  it("watches over itself and the fleet", watchOver);
  it("is loaded with another chain", load);
  it("is asked for its own set", publish);

  it.each(HANDLERS)("%s, both ways", (handler) => {
    const rules = rolePolicies(productionFleet(), TRACED_NAMES.code).get(handler) ?? [];
    const asked = city.observed.get(handler) ?? [];
    const elsewhere = (BY_CALL[handler] ?? []).flatMap((call) =>
      rulesOfCall(call, TRACED_NAMES, {}).map(textOf),
    );
    const refused = asked.filter((one) => !allows(rules, one));
    const unused = singleRules(rules).filter(
      (rule) =>
        !isImplied(rule) &&
        !isOfLaterNumbers(rule) &&
        !elsewhere.includes(textOf(rule)) &&
        !asked.some((request) => allows([rule], request)),
    );
    process.stdout.write(
      `${handler}: ${asked.length} requests, ${singleRules(rules).length} rights\n`,
    );
    expect([...new Set(refused.map((one) => JSON.stringify(one)))]).toEqual([]);
    expect(unused.map(textOf)).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
  });
});
