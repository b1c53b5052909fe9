import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { endGroup, isAlive, isRunning } from "#services/cli/cloud/process-group.ts";
import { processStart } from "#services/cli/cloud/process-start.ts";

/** A process that leads a group, and tells when it listens to signals. */
async function leader(onTerm: string): Promise<number> {
  const code = `process.on("SIGTERM", () => ${onTerm}); setInterval(() => 0, 1e6); console.log(1)`;
  const words = ["-e", code];
  const child = spawn(process.execPath, words, {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

describe("a group of processes that goes on alone", () => {
  it("is let end by itself", async () => {
    const pid = await leader("process.exit()");
    expect(isAlive(pid)).toBe(true);
    expect(await endGroup({ pid }, 30_000)).toBeLessThan(30_000);
    expect(isAlive(pid)).toBe(false);
  });

  it("is ended when it does not", async () => {
    const pid = await leader("undefined");
    expect(await endGroup({ pid }, 100)).toBeUndefined();
    await expect.poll(() => isAlive(pid), { timeout: 300_000 }).toBe(false);
  });

  it("is told from another process that was given its number", async () => {
    const pid = await leader("process.exit()");
    const start = processStart(pid);
    expect(start).toMatch(/\d/);
    expect(isRunning({ pid, start })).toBe(true);
    for (const other of [`${start}0`, "another-boot 12"]) {
      expect(isRunning({ pid, start: other })).toBe(false);
      expect(await endGroup({ pid, start: other }, 0), other).toBe(0);
      expect(isAlive(pid), other).toBe(true);
    }
    expect(await endGroup({ pid, start }, 30_000)).toBeLessThan(30_000);
    expect(isAlive(pid)).toBe(false);
    expect(processStart(pid)).toBeUndefined();
  });

  it("may have ended before", async () => {
    const pid = await leader("process.exit()");
    await endGroup({ pid }, 30_000);
    expect(await endGroup({ pid }, 30_000)).toBeLessThan(30_000);
  });
});
