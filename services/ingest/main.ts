/**
 * The container of a city on AWS: `services/ingest/main.ts ingest | load | health`.
 * @module
 */

import { outliveOutput } from "#shared/adapters/embedded/outlive-output.ts";
import { parseTaskArguments, type TaskArguments } from "./city/task-arguments.ts";
import { askHealth } from "./health-door.ts";

/** An orchestrator that said SIGTERM is not made to wait longer. @source cloud.md 7.2 */
const STOP_MS_MAX = 18_000;
const USAGE_STATUS = 2;

outliveOutput([process.stdout, process.stderr]);
const stop = new AbortController();
const print = (line: string) => process.stdout.write(`${line}\n`);

function onSignal(): void {
  if (stop.signal.aborted) return;
  stop.abort();
  // What is in the tables is consistent at every moment: nothing is lost by not waiting for it.
  setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
}

async function run(given: TaskArguments): Promise<number> {
  if (given.mode === "health") {
    const answer = await askHealth(given.healthPort);
    print(answer?.trim() ?? "no answer");
    return answer === undefined ? 1 : 0;
  }
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  // Only now: whoever asks for health waits for none of it.
  const { runTask } = await import("./compose-task.ts");
  return runTask(given, process.env, stop.signal);
}

const given = parseTaskArguments(process.argv.slice(2), process.env);
if (typeof given === "string") print(given);
process.exitCode = typeof given === "string" ? USAGE_STATUS : await run(given);
