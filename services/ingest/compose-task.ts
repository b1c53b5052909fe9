import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readTraceSettings } from "#shared/adapters/aws/trace-settings.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { SEGMENT_BLOCKS } from "#shared/coins/segment.ts";
import type { Log } from "#shared/ports/log.ts";
import { NetFault } from "#shared/ports/net-fault.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { runIngestTask } from "./city/run-ingest-task.ts";
import { GENESIS, type TaskArguments } from "./city/task-arguments.ts";
import { composeAws, composeAwsLoad } from "./compose-aws.ts";
import { ownBeginning } from "./compose-beginning.ts";
import { type ExportingTask, exportCity } from "./compose-export.ts";
import { composeLoad } from "./compose-load.ts";
import { composeReplay } from "./compose-replay.ts";
import { resumeReplay } from "./load/resume-replay.ts";
import { runLoad } from "./load/run-load.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const PROTOCOL = "70012";

/**
 * A task of a city from its environment to its end.
 *
 * @returns the exit code: 1 where the world or this program failed, with a line that says how
 */
export async function runTask(
  given: TaskArguments,
  environment: Environment,
  signal: AbortSignal,
): Promise<number> {
  const write = (line: string) => void process.stdout.write(line);
  const log = createStreamLog({
    write,
    form: "json",
    level: "info",
    constant: { service: given.mode, city: environment["EXOS_CITY"] ?? "" },
  });
  try {
    const named = { ...given, userAgent: userAgent() };
    if (given.mode === "load") return await load(named, { environment, log }, signal);
    const settings = readTraceSettings(environment, given.mode);
    const traces = createLateTraces(settings, { clock: createSystemClock(), log });
    try {
      await runIngestTask(await composeAws(environment, { log, write, traces }), named, signal);
    } finally {
      await traces?.flush();
    }
    log.info("stopped");
    return 0;
  } catch (cause) {
    tell(cause, log);
    return 1;
  }
}

/** Whoever starts tasks keeps what they print: the last line has a code, whatever ended them. */
function tell(cause: unknown, log: Pick<Log, "error">): void {
  if (cause instanceof StoreFault || cause instanceof NetFault) {
    const code = cause instanceof StoreFault ? cause.code : undefined;
    log.error(code ?? "EXOS-E1000", cause.message);
    return;
  }
  const err = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  log.error("EXOS-E9001", "the task met a fault of this program", { err });
}

/** @returns the exit code: 3 where another task loads the city, or this one was stopped */
async function load(
  given: TaskArguments & { readonly userAgent: string },
  { environment, log }: { readonly environment: Environment; readonly log: Log },
  signal: AbortSignal,
): Promise<number> {
  const { connect, userAgent, trust } = given;
  const folder = environment["EXOS_DATADIR"] ?? "/data";
  const city = composeAwsLoad(environment, { ...given, log, folder });
  const { network, coins, importing } = city;
  if (given.snapshot) return publish(city, { folder, program: userAgent, log }, signal);
  if (given.replay) return replay(city, folder, signal);
  const source = city.source ? { ...city.source, trust } : await own(city, given);
  await using chain = await composeLoad({
    ...{ network, folder, connect, userAgent, source, log },
    ...{ city: coins, importing },
  });
  const { state } = await runLoad({ ...city, prepare: chain.prepare }, signal);
  log.info(state);
  return state === "loaded" ? 0 : 3;
}

/** What a load begins with that was told of nothing. */
async function own(
  city: ReturnType<typeof composeAwsLoad>,
  { from, refill }: TaskArguments,
): ReturnType<typeof ownBeginning> {
  // A chain that is to be forgotten is no beginning.
  return from === GENESIS || refill ? undefined : ownBeginning(city);
}

/** @returns the exit code: 3 where this task was stopped, or the city has no set of its own yet */
async function publish(
  city: ReturnType<typeof composeAwsLoad>,
  task: ExportingTask,
  signal: AbortSignal,
): Promise<number> {
  try {
    const { name, isKnown } = await exportCity(city, task, signal);
    task.log.info(isKnown ? "snapshot there already" : "snapshot published", { name });
    return 0;
  } catch (cause) {
    if (signal.aborted) {
      task.log.info("stopped");
      return 3;
    }
    if (!(cause instanceof StoreFault) || cause.code !== "EXOS-E8132") throw cause;
    task.log.warn(cause.code, cause.message);
    return 3;
  }
}

/** @returns the exit code, as of a load */
async function replay(
  city: ReturnType<typeof composeAwsLoad>,
  folder: string,
  signal: AbortSignal,
): Promise<number> {
  const { network, log } = city;
  const options = { network, log, folder: join(folder, "replay"), segmentBlocks: SEGMENT_BLOCKS };
  const { state } = await resumeReplay(
    { ...city, replay: (set, source, end) => composeReplay(set, source, options, end) },
    signal,
  );
  log.info(state);
  return state === "confirmed" || state === "settled" ? 0 : 3;
}

function userAgent(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return `exos:${manifest.version} (${PROTOCOL})`;
}
