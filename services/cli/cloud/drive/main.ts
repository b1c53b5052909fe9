/**
 * Drives the functions of a city: `main.ts PLAN`, a file that `start-driver.ts` wrote. Says where it
 * answers in one line of JSON, and ends on SIGTERM once what runs has ended.
 * @module
 */
import { readFile } from "node:fs/promises";
import { driveCity } from "#services/cli/cloud/drive/drive-city.ts";
import { DRIVE_PLAN } from "#services/cli/cloud/drive/drive-plan.ts";
import { startFunctionProcess } from "#services/cli/cloud/drive/function-process.ts";
import { composeDrive } from "#services/cli/compose-drive.ts";
import { outliveOutput } from "#shared/adapters/embedded/outlive-output.ts";

outliveOutput([process.stdout, process.stderr]);
const [, , file = ""] = process.argv;
const { functions, bundles, client } = DRIVE_PLAN.parse(JSON.parse(await readFile(file, "utf8")));
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
process.once("SIGINT", () => stop.abort());
const print = (line: string) => process.stdout.write(`${line}\n`);
using queues = composeDrive();
const { door, ended } = await driveCity({
  functions,
  start: (driven) => startFunctionProcess(driven, { bundles, client }),
  queueAt: queues.queueAt,
  print,
  signal: stop.signal,
});
print(JSON.stringify({ url: door.url }));
await ended;
