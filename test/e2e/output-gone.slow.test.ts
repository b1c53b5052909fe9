import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { freePort } from "#services/cli/cloud/free-port.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FULL = "/dev/full";
const LOST = /^Part of what was said is lost: ENOSPC/;

/** Start a program of the project whose output goes onto a full disk. */
function startOnFull(main: string, words: readonly string[]) {
  const child = spawn(process.execPath, [main, ...words], {
    env: { EXOS_PORT: "0", ...process.env },
    stdio: ["ignore", openSync(FULL, "w"), "pipe"],
  });
  const closed = once(child, "close").then(([code]) => code as number | null);
  const err = child.stderr === null ? Promise.resolve("") : text(child.stderr);
  return { child, ended: async () => ({ code: await closed, err: await err }) };
}

describe.skipIf(!existsSync(FULL))("output onto a disk that is full", () => {
  it("is told in a line, and in the exit code", async () => {
    const { code, err } = await startOnFull("services/cli/main.ts", ["--help"]).ended();
    expect(code).toBe(1);
    expect(err).toMatch(LOST);
    expect(err.split("\n")).toHaveLength(2);
  });

  it("does not end a node, which answers and stops as any other", async () => {
    const port = await freePort();
    const place = ["--datadir", temporaryFolder(), "--httpport", String(port), "--rpcport", "0"];
    const { child, ended } = startOnFull("services/cli/main.ts", ["dev", ...place]);
    const isUp = () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (child.exitCode === null && !(await isUp())) await setTimeout(100);
    // What it says as it mines is lost as well.
    await setTimeout(2_000);
    expect(await isUp()).toBe(true);
    child.kill("SIGTERM");
    const { code, err } = await ended();
    expect([code, err.split("\n").filter((line) => LOST.test(line)).length]).toEqual([1, 1]);
  });

  it("does not end the container of a city before it has ended what it does", async () => {
    const words = ["health", "--health", "1"];
    const { code, err } = await startOnFull("services/ingest/main.ts", words).ended();
    expect([code, err]).toEqual([1, ""]);
  });
});

it.each([
  ["the command line", "services/cli/main.ts", () => "--help"],
  ["a script", "infra/bundle.ts", temporaryFolder],
])("a reader that leaves is no fault of %s", async (_, main, word) => {
  const child = spawn(process.execPath, [main, word()], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  expect(await text(child.stderr)).toBe("");
  const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
  expect(code).toBe(0);
});
