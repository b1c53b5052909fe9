import { setTimeout as wait } from "node:timers/promises";
import { type FunctionName, functionName } from "#regions/city-names.ts";
import { LOCAL_ACCOUNT, LOCAL_CITY, LOCAL_REGION } from "#services/cli/cloud/local-endpoint.ts";
import { type Rehearsal, rehearsalFailure } from "#services/cli/cloud/rehearse/rehearsal.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

const LOCAL_FUNCTIONS = `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function`;

/** Lines of a log that say that a function was started, for those that are started alike. */
interface Calls {
  readonly what: string;
  readonly names: readonly FunctionName[];
  line(functionName: string): string;
}

const MAPPED = { what: "batches", line: (name: string) => `ESM: Lambda ${name} processed` };
const SPAWNED = { what: "processes", line: (name: string) => `worker spawned for ${name} ` };
const INVOKED = {
  what: "calls",
  line: (name: string) => `Got an invocation for function ${LOCAL_FUNCTIONS}:${name}:`,
};
const DROVEN = { what: "runs", line: (name: string) => `drove ${name}:` };

/** What blocks alone start. */
const AT_BLOCKS = {
  /** By the emulator: it has a line for each batch of a mapping, and for each process of the others. */
  started: [
    { ...MAPPED, names: ["check", "connect"] },
    { ...SPAWNED, names: ["index-follow", "mempool-follow", "rpc"] },
  ],
  /** By LocalStack, whose log has each call. */
  invoked: [{ ...INVOKED, names: ["check", "connect", "index-follow", "mempool-follow", "rpc"] }],
  /** By whoever drives them: each run has a line. */
  driven: [{ ...DROVEN, names: ["check", "connect", "index-follow", "mempool-follow", "rpc"] }],
} as const satisfies Readonly<Record<string, readonly Calls[]>>;

/** What transactions, the schedule, the URL of streams and the staker start. */
const BESIDE_BLOCKS = {
  started: [
    { ...MAPPED, names: ["mempool"] },
    { ...SPAWNED, names: ["rpc-events", "watch", "stake-sign"] },
  ],
  invoked: [{ ...INVOKED, names: ["mempool", "rpc-events", "watch", "stake-sign"] }],
  driven: [{ ...DROVEN, names: ["mempool", "rpc-events", "watch"] }],
} as const satisfies Readonly<Record<string, readonly Calls[]>>;

/** Above it, hints were doubled on their way, or what failed came again. */
const CHECKS_PER_BLOCK_MAX = 1.5;

/** A schedule of a minute fires after 60 to 70 seconds, and a quick rehearsal is over by then. */
const SCHEDULE_MS_MAX = 120_000;
const LOOK_MS = 1_000;

/** How often a text has this. */
function count(text: string, piece: string): number {
  return text.split(piece).length - 1;
}

interface Counted {
  readonly what: string;
  readonly rows: readonly { readonly name: FunctionName; readonly calls: number }[];
}

/**
 * How often each handler was started by whoever is to start it, by what stands in its own log, once
 * each of them was.
 *
 * @param msMax that the last of them may take from now on
 * @returns `undefined` where nobody has that log
 * @throws CommandFailure `EXOS-E8186` that names the handlers that were not
 */
async function countStarts(
  { city, signal }: Rehearsal,
  calls: Readonly<Record<"started" | "invoked" | "driven", readonly Calls[]>>,
  msMax = 0,
): Promise<readonly Counted[] | undefined> {
  const { driven, container } = city.state();
  const wanted = calls[driven ? "driven" : container === undefined ? "started" : "invoked"];
  const since = performance.now();
  for (;;) {
    const log = await city.starterLog();
    if (log === undefined) return undefined;
    const groups = wanted.map(({ what, names, line }) => ({
      what,
      rows: names.map((name) => ({
        name,
        calls: count(log, line(functionName(LOCAL_CITY, name))),
      })),
    }));
    const idle = groups.flatMap(({ rows }) => rows).filter(({ calls }) => calls === 0);
    if (idle.length === 0) return groups;
    if (performance.now() - since >= msMax) {
      const names = idle.map(({ name }) => name).join(", ");
      throw rehearsalFailure(`the log of what starts functions has no call of ${names}`);
    }
    await wait(LOOK_MS, undefined, { signal });
  }
}

const told = (groups: readonly Counted[]): string =>
  groups
    .map(
      ({ what, rows }) =>
        `${what}: ${rows.map(({ name, calls }) => `${name} ${calls}`).join(", ")}`,
    )
    .join("; ");

const NOT_HERE = "calls      the endpoint's log is not here";

/**
 * That blocks started what they are to start.
 *
 * @throws CommandFailure `EXOS-E8186`, also when what was done came again and again
 */
export async function countCalls(rehearsal: Rehearsal): Promise<void> {
  const { node, print } = rehearsal;
  const groups = await countStarts(rehearsal, AT_BLOCKS);
  if (groups === undefined) return print(NOT_HERE);
  const blocks = node.made();
  const all = groups.flatMap(({ rows }) => rows);
  const checks = all.find(({ name }) => name === "check")?.calls ?? 0;
  if (checks > CHECKS_PER_BLOCK_MAX * blocks) {
    throw rehearsalFailure(`check was started ${checks} times for ${blocks} blocks`);
  }
  print(`calls      ${blocks} blocks; ${told(groups)}`);
}

/** That everything else was started too. @throws CommandFailure `EXOS-E8186` */
export async function countOthers(rehearsal: Rehearsal): Promise<void> {
  const { endpoint, state } = rehearsal.city;
  // Schedules are kept there and start nothing.
  if (endpoint.kind === "localstack" && !state().driven) await runWatch(rehearsal);
  const groups = await countStarts(rehearsal, BESIDE_BLOCKS, SCHEDULE_MS_MAX);
  rehearsal.print(groups === undefined ? NOT_HERE : `others     ${told(groups)}`);
}

/** MiniStack judges what is asked of a service of ECS by its cluster, where AWS does by the service. */
const JUDGED_AMISS = "ecs:DescribeServices";

/**
 * The function of the schedule, which is too slow for a short round, as its role lets it. Each of its
 * parts is tried whatever became of the others, and the first that failed is told.
 */
export async function runWatch({ city, cloud, print }: Rehearsal): Promise<void> {
  if (city.state().driven) return;
  try {
    await cloud.invoke(functionName(LOCAL_CITY, "watch"), {});
    const isGuarded = city.endpoint.kind !== "localstack";
    print(
      `watch      one minute of it, ${isGuarded ? "with its own role" : "started by its name"}`,
    );
  } catch (cause) {
    if (!(cause instanceof StoreFault && cause.message.includes(JUDGED_AMISS))) throw cause;
    print("watch      one minute of it, with its own role; ECS is not judged here as AWS does");
  }
}
