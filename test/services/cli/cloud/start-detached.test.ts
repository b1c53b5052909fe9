import { join } from "node:path";
import { expect, it } from "vitest";
import { isAlive } from "#services/cli/cloud/process-group.ts";
import { startReady } from "#services/cli/cloud/start-detached.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

it.each([
  ["the start is interrupted", "aborted"],
  ["what it says cannot be read", "unreadable"],
])("ends a process that is not ready when %s", async (_, why) => {
  const cwd = temporaryFolder();
  const stop = new AbortController();
  let pid = 0;
  const look = (said: string) => {
    if (!said.endsWith("\n")) return undefined;
    pid = Number(said);
    if (why === "unreadable") throw new RangeError(why);
    stop.abort();
    return undefined;
  };
  const code = "console.log(process.pid); setInterval(() => 0, 1e6)";
  const log = join(cwd, "log");
  const program = { command: process.execPath, words: ["-e", code], env: {}, cwd, log };
  const ready = { name: "a sleeper", msMax: 60_000, signal: stop.signal, look };
  await expect(startReady(program, ready)).rejects.toThrow(why);
  expect(pid).toBeGreaterThan(0);
  expect(isAlive(pid)).toBe(false);
});
