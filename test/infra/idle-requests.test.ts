import { createHmac } from "node:crypto";
import dns from "node:dns";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Handler } from "#infra/grants.ts";
import { BLOCKS_A_MONTH, IDLE_USAGE, MINUTES_A_MONTH } from "#infra/usage.ts";
import { CITIES } from "#regions/fleet.ts";
import { createHintingDoor } from "#services/ingest/city/hinting-door.ts";
import { runIngestTask } from "#services/ingest/city/run-ingest-task.ts";
import { parseTaskArguments } from "#services/ingest/city/task-arguments.ts";
import { composeAws as composeIngest } from "#services/ingest/compose-aws.ts";
import { composeWatch } from "#services/ingest/compose-watch.ts";
import { createCityRouter } from "#services/rpc/city-router.ts";
import { composeAws as composeRpc } from "#services/rpc/compose-aws.ts";
import { openAddressIndex } from "#shared/adapters/aws/open-address-index.ts";
import { createManualClock, type ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import {
  CLIENT_HEADER,
  EDGE_HEADER,
  EDGE_KEY_NEXT,
  edgeStampText,
} from "#shared/fleet/edge-stamp.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { CANNED_EDGE_KEY, cannedAws } from "../support/aws/canned-aws.ts";
import { openCannedEndpoint } from "../support/aws/canned-endpoint.ts";
import {
  EDGE_HOST,
  openTracedCity,
  TRACED_NAMES,
  type TracedCity,
} from "../support/aws/traced-city.ts";
import { openTracedDoors } from "../support/aws/traced-doors.ts";
import type { BilledRequest, CannedAnswers } from "../support/aws/traced-endpoint.ts";
import { settleWindow, windowedChain } from "../support/aws/windowed-chain.ts";

/** Of one line in a log, beside its bytes. @source CloudWatch Logs API reference, PutLogEvents */
const EVENT_BYTES = 26;
/** How many loops of the peer process sleep while nothing happens. */
const LOOPS = 6;
/** Requests that cost nothing, however many. */
const FREE = /^(?:ecs|ec2|ssm|route53):/;
const WATCHES_FLEET = {
  EXOS_SEED_ZONE: "Z0123456789ABCDEFGHIJ",
  EXOS_SEED_NAME: "syd.seed.exos.example",
  EXOS_FLEET_CITIES: CITIES.map(({ code }) => code).join(","),
  EXOS_EDGE_STORE: `arn:aws:cloudfront::${TRACED_NAMES.account}:key-value-store/00000000-0000-0000-0000-000000000000`,
  EXOS_BUCKET_WEB: `exos-prod-${TRACED_NAMES.account}-web`,
};

const { chain, staked } = windowedChain();
const stack = new AsyncDisposableStack();
const { dynamo, s3, queues, functions, watcher } = IDLE_USAGE;
let city: TracedCity;
/** Every line that the city's handlers wrote, as its log would hold it. */
let logBytes = 0;
/** How often a key was asked to decrypt, which costs something; reading a parameter does not. */
let decrypted = 0;

const now = () => unixSeconds(Math.floor(Date.now() / 1_000));
const print = (line: string) => process.stdout.write(`${line}\n`);

/** The key that a rotation writes is not there between two rotations: nothing is decrypted then. */
function canned(): CannedAnswers {
  const answers = cannedAws(TRACED_NAMES, { running: 1, since: 0 });
  const parameter = answers["ssm:GetParameter"];
  return {
    ...answers,
    "ssm:GetParameter"(request) {
      if (request.body.includes(`/${EDGE_KEY_NEXT}"`) || parameter === undefined) {
        return { status: 400, body: JSON.stringify({ __type: "ParameterNotFound" }) };
      }
      if (request.body.includes('"WithDecryption":true')) {
        decrypted++;
        return parameter(request);
      }
      return { body: JSON.stringify({ Parameter: { Value: "as KMS sealed it" } }) };
    },
  };
}

function listen(): void {
  const write = process.stdout.write.bind(process.stdout);
  vi.spyOn(process.stdout, "write").mockImplementation((line) => {
    const text = String(line);
    if (!text.startsWith("{")) return write(text);
    logBytes += Buffer.byteLength(text) + EVENT_BYTES;
    return true;
  });
}

beforeAll(async () => {
  // Time stands unless it is moved; what waits for an answer waits for it alone.
  vi.useFakeTimers({ toFake: ["Date", "performance"], now: chain.now * 1_000 });
  const lookup = dns.lookup;
  vi.spyOn(dns, "lookup").mockImplementation(((name: string, ...rest: never[]) => {
    const here = name.endsWith(EDGE_HOST) ? "127.0.0.1" : name;
    return Reflect.apply(lookup, dns, [here, ...rest]);
  }) as typeof dns.lookup);
  city = stack.use(await openTracedCity(exosRegtest, canned()));
  city.makeBucket(WATCHES_FLEET.EXOS_BUCKET_WEB);
  for (const [name, value] of Object.entries(city.environment)) vi.stubEnv(name, value);
  const { wire } = exosRegtest.consensus;
  const own = { ...city.stores, dynamo: city.client, wire, clock: createManualClock(now()) };
  await settleWindow(chain, city.stores, openAddressIndex(TRACED_NAMES.tables.index, own));
  listen();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.useRealTimers();
  await stack.disposeAsync();
});

/** What a handler asks for and writes to its log meanwhile. */
async function meter(handler: Handler, work: () => Promise<unknown>) {
  const from = city.billed.get(handler)?.length ?? 0;
  const fromBytes = logBytes;
  await city.as(handler, work);
  const requests = (city.billed.get(handler) ?? []).slice(from);
  return { ...sumOf(requests), logBytes: logBytes - fromBytes };
}

type Metered = Awaited<ReturnType<typeof meter>>;

const WRITE = /^dynamodb:(?:Put|Update|Delete)Item$/;

function sumOf(requests: readonly BilledRequest[]) {
  const units = (of: readonly BilledRequest[]) =>
    of.reduce((sum, { units: each }) => sum + each, 0);
  const tables = requests.filter(({ action }) => action.startsWith("dynamodb:"));
  const writes = units(tables.filter(({ action }) => WRITE.test(action)));
  // Polls go on in real time, which is not what is counted here.
  const others = requests.filter((one) => {
    return !tables.includes(one) && !FREE.test(one.action) && one.waitSeconds === undefined;
  });
  return { requests, writes, reads: units(tables) - writes, others: countOf(others) };
}

/** How many of each kind, such as `sqs:SendMessage connect`. */
function countOf(requests: readonly BilledRequest[]): Readonly<Record<string, number>> {
  const kinds = Map.groupBy(requests, ({ action, resource }) => {
    const queue = /-([a-z]+)(?:\.fifo)?$/.exec(resource)?.[1];
    return `${action} ${action.startsWith("s3:") ? resource.replace(/^.*\//, "") : queue}`;
  });
  return Object.fromEntries([...kinds].map(([kind, of]) => [kind, of.length]));
}

function say(who: string, { writes, reads, others, logBytes: bytes }: Metered): void {
  const more = Object.entries(others).map(([kind, count]) => `, ${kind} ${count}`);
  print(`${who}: ${writes} WRU, ${reads} RRU, ${bytes} B of log${more.join("")}`);
}

const stamped = (): Record<string, string> => {
  const text = edgeStampText(now(), "192.0.2.1");
  const stamp = createHmac("sha256", CANNED_EDGE_KEY).update(text).digest("hex");
  return { [CLIENT_HEADER]: "192.0.2.1", [EDGE_HEADER]: `${now()}.${stamp}` };
};

/** A minute and an hour of the peer process, once it is up. */
async function idleIngest(): Promise<{ readonly minute: Metered; readonly hour: Metered }> {
  const write = (line: string) => void process.stdout.write(line);
  const log = createStreamLog({ write, form: "json", level: "info" });
  const ports = await composeIngest(city.environment, { log, write });
  const clock = createManualClock(now());
  const end = new AbortController();
  const given = parseTaskArguments(["ingest", "--listen=127.0.0.1:0", "--health=0"], {});
  if (typeof given === "string") throw new RangeError(given);
  let running: Promise<void> = Promise.resolve();
  await meter("ingest", async () => {
    running = runIngestTask({ ...ports, clock }, { ...given, userAgent: "/idle/" }, end.signal);
    await asleep(clock);
  });
  const pass = (turns: number, milliseconds: number) =>
    meter("ingest", async () => {
      for (let turn = 0; turn < turns; turn++) {
        clock.advance(milliseconds);
        await asleep(clock);
      }
    });
  const minute = await pass(240, 250);
  const hour = await pass(60, 60_000);
  end.abort();
  clock.advance(1_000);
  await running;
  return { minute, hour };
}

async function asleep(clock: ManualClock): Promise<void> {
  while (clock.sleepers < LOOPS) await new Promise((resolve) => setImmediate(resolve));
}

/** What the API of the city answers a watcher, and what that takes, at once and each five minutes. */
async function askedReady() {
  const deps = composeRpc(city.environment);
  const api = createCityRouter(deps, new Map([[deps.city, deps]]));
  let answer = "";
  const ask = () =>
    meter("rpc", async () => {
      const asking = new Request("http://x/c/syd/readyz", { headers: stamped() });
      answer = await (await api.fetch(asking)).text();
    });
  await ask();
  vi.advanceTimersByTime(30_000);
  const once = await ask();
  vi.advanceTimersByTime(300_000);
  await ask();
  const before = decrypted;
  vi.advanceTimersByTime(300_000);
  const later = await ask();
  return { answer, once, later, decrypted: decrypted - before };
}

describe("what nobody's calls cost", () => {
  let ingest: Awaited<ReturnType<typeof idleIngest>>;
  let ready: Awaited<ReturnType<typeof askedReady>>;
  let tick: Metered;
  beforeAll(async () => {
    ingest = await idleIngest();
    ready = await askedReady();
    const watch = composeWatch(city.environment);
    await city.as("watch", watch);
    vi.advanceTimersByTime(60_000);
    tick = await meter("watch", watch);
    say("ingest, a minute", ingest.minute);
    say("ingest, an hour", ingest.hour);
    say("readyz", ready.once);
    say("watch", tick);
  });

  it("a minute of tables", () => {
    expect(ingest.hour.writes).toBe(60 * ingest.minute.writes);
    expect(ready.once.writes).toBe(0);
    expect(dynamo.writesPerMinute).toBe(ingest.minute.writes + tick.writes);
    const answered = functions.rpc.perMinute * ready.once.reads;
    expect(dynamo.readsPerMinute).toBe(ingest.minute.reads + tick.reads + answered);
  });

  it("a minute of everything else", () => {
    expect(ingest.minute.others).toEqual({});
    expect(ingest.hour.others).toEqual({ "s3:PutObject peers.json": 60 * s3.putsPerMinute });
    const looks = Object.entries(queues.requestsPerMinute).map(([name, count]) => {
      return [`sqs:GetQueueAttributes ${name}`, name === "dead" ? 2 * count : count];
    });
    expect(tick.others).toEqual(Object.fromEntries(looks));
    expect(ready.once.others).toEqual({});
    const polls = (city.billed.get("ingest") ?? []).flatMap(({ waitSeconds }) => waitSeconds ?? []);
    expect([...new Set(polls)]).toEqual([queues.pollSeconds]);
  });

  it("a key that nobody changed is read every five minutes, and decrypted no more", () => {
    const read = ({ requests }: Metered) => requests.filter(({ action }) => /^ssm:/.test(action));
    expect(read(ready.once)).toEqual([]);
    expect(read(ready.later)).toHaveLength(2);
    expect(ready.decrypted).toBe(0);
  });

  it("nothing is started by a minute in which nothing comes", async () => {
    for (const queue of ["blocks", "connect", "transactions", "announce", "follow"] as const) {
      expect(await city.take(queue), queue).toEqual([]);
    }
    const byMinute = Object.entries(functions).filter(([, { perMinute }]) => perMinute > 0);
    expect(byMinute.map(([name]) => name)).toEqual(["rpc", "watch"]);
  });

  it("a minute of who watches the fleet", async () => {
    await using origin = await openCannedEndpoint(() => ({ status: 200, text: ready.answer }));
    const watch = composeWatch({
      ...city.environment,
      ...WATCHES_FLEET,
      EXOS_FLEET_ORIGIN: origin.url,
    });
    await city.as("watch", watch);
    const minutes: Metered[] = [];
    for (let minute = 0; minute < 10; minute++) {
      vi.advanceTimersByTime(60_000);
      minutes.push(await meter("watch", watch));
    }
    expect(minutes.map(({ writes, reads }) => [writes, reads])).toEqual(
      minutes.map(() => [tick.writes, tick.reads]),
    );
    const pictures = minutes.map(({ others }) => others["s3:PutObject fleet.json"] ?? 0);
    expect(pictures.reduce((sum, count) => sum + count, 0)).toBe(10 * watcher.putsPerMinute);
    expect(origin.asked).toHaveLength(11 * CITIES.length);
    const watchers = CITIES.filter(({ host }) => host.kind === "aws" && host.watcher).length;
    expect(IDLE_USAGE.edgePerMinute).toBe(watchers * CITIES.length);
    expect(functions.rpc.perMinute).toBe(watchers);
  });

  it("a block: every run, hint and line of log", async () => {
    const block = await takeBlock();
    const runsOf = (name: string) => block.runs.get(name as Handler) ?? 0;
    for (const [name, { perBlock }] of Object.entries(functions)) {
      expect([name, runsOf(name)]).toEqual([name, perBlock]);
    }
    expect(block.published).toBe(IDLE_USAGE.topicsPerBlock);
    expect(block.requests).toEqual(queues.requestsPerBlock);
    const minute =
      ingest.minute.logBytes + tick.logBytes + functions.rpc.perMinute * ready.once.logBytes;
    const month = minute * MINUTES_A_MONTH + block.logBytes * BLOCKS_A_MONTH;
    print(`a block: ${block.logBytes} B of log; a month: ${(month / 1e9).toFixed(3)} GB of log`);
    // As much again is for peers that come and go.
    expect(IDLE_USAGE.logGb / 2).toBeGreaterThan(month / 1e9);
    expect(IDLE_USAGE.logGb / 4).toBeLessThan(month / 1e9);
  });
});

/** A block as the peer process takes it, then all that it starts. */
async function takeBlock() {
  const fromBytes = logBytes;
  const write = (line: string) => void process.stdout.write(line);
  const log = createStreamLog({ write, form: "json", level: "info" });
  const doors = await openTracedDoors(city);
  const runs = new Map(city.runs);
  const before = new Map([...city.billed].map(([who, requests]) => [who, requests.length]));
  const ports = await city.as("ingest", () => composeIngest(city.environment, { log, write }));
  const door = createHintingDoor({
    arrivals: ports.arrivals(ports),
    blocks: ports.queues.blocks,
    groupOf: () => "20.1",
  });
  const bytes = encodeBlock(staked, exosRegtest.consensus.wire);
  await city.as("ingest", () => door.receive().take(bytes, "1"));
  await doors.settle();
  const announced = (await city.take("announce")).length;
  const requests = [...city.billed].flatMap(([who, all]) => all.slice(before.get(who) ?? 0));
  const counts = countOf(requests);
  const of = (queue: string, messages: number) =>
    (counts[`sqs:SendMessage ${queue}`] ?? 0) + 2 * messages;
  const sent = (queue: string) => of(queue, counts[`sqs:SendMessage ${queue}`] ?? 0);
  return {
    runs: new Map([...city.runs].map(([who, count]) => [who, count - (runs.get(who) ?? 0)])),
    published: counts["sns:Publish follow"] ?? 0,
    // Whatever is sent is received and deleted; what the topic hands over was sent for nothing.
    requests: {
      blocks: sent("blocks"),
      connect: sent("connect"),
      transactions: sent("transactions"),
      announce: of("announce", announced),
    },
    logBytes: logBytes - fromBytes,
  };
}
