import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLogFile, teeLog } from "#services/cli/log-file.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { runInProcess } from "../../support/run-in-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const line = (level: string, msg: string, more: object = {}) =>
  `${JSON.stringify({ time: "2026-01-02T03:04:05.006Z", level, service: "node", msg, ...more })}\n`;

/** A data folder whose log holds these lines. */
function logged(...lines: readonly string[]) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "exos-regtest"));
  const path = join(folder, "exos-regtest", "node.log");
  writeFileSync(path, lines.join(""));
  return { path, environment: { EXOS_DATADIR: folder } };
}

describe("exos logs", () => {
  it("prints what was logged, from a level on, and the last lines alone", async () => {
    const { environment } = logged(
      line("debug", "small"),
      line("info", "usual"),
      line("warn", "odd", { module: "peers", code: "EXOS-E3001", reason: "bad \u001b[31m" }),
      '{"half of a li',
    );
    const all = await runInProcess(["logs"], { environment });
    expect(all).toMatchObject({ code: 0, err: "" });
    expect(all.out.split("\n")).toEqual([
      "2026-01-02T03:04:05.006Z info  usual",
      '2026-01-02T03:04:05.006Z warn  peers: odd reason="bad \\u001b[31m" [EXOS-E3001]',
      "",
    ]);
    const some = await runInProcess(["logs", "--level", "debug", "--lines", "3"], { environment });
    expect(some.out).toContain("small");
    const last = await runInProcess(["logs", "--json", "--lines", "1"], { environment });
    expect(JSON.parse(last.out)).toMatchObject({ msg: "odd" });
    expect((await runInProcess(["logs", "--level", "loud"], { environment })).code).toBe(2);
  });

  it("goes on as the log grows, also when the file begins anew", async () => {
    const { path, environment } = logged(line("info", "before"));
    const stop = new AbortController();
    const seen: string[] = [];
    const { code } = await runInProcess(["logs", "-f"], {
      environment,
      signal: stop.signal,
      onOutput(out) {
        const last = out.trim().split(" ").at(-1) ?? "";
        seen.push(last);
        if (last === "before") appendFileSync(path, line("info", "grown"));
        if (last === "grown") {
          truncateSync(path);
          appendFileSync(path, line("info", "anew"));
        }
        if (last === "anew") stop.abort();
      },
    });
    expect(code).toBe(0);
    expect(seen).toEqual(["before", "grown", "anew"]);
  });

  it("says so where no node has logged", async () => {
    const environment = { EXOS_DATADIR: temporaryFolder() };
    const { code, err } = await runInProcess(["logs"], { environment });
    expect(code).toBe(7);
    expect(err).toContain("node.log");
  });
});

describe("a log file", () => {
  it("begins anew beyond 16 MiB, and the one before is kept", () => {
    const path = join(temporaryFolder(), "node.log");
    const write = createLogFile(path);
    write("x".repeat(16 * 1_048_576 - 1));
    write("y");
    expect(existsSync(`${path}.1`)).toBe(false);
    write("z");
    expect(readFileSync(path, "utf8")).toBe("z");
    expect(readFileSync(`${path}.1`, "utf8").length).toBe(16 * 1_048_576);
  });

  it("that cannot be written stops nobody", () => {
    expect(() => createLogFile("/nowhere/node.log")("lost")).not.toThrow();
  });

  it("gets every record that the terminal gets", () => {
    const [first, second] = [createMemoryLog(), createMemoryLog()];
    const log = teeLog(first, second).module("peers");
    log.debug("a");
    log.info("b", { n: 1 });
    log.warn("EXOS-E3001", "c");
    log.error("EXOS-E1003", "d", { err: "x" });
    expect(first.records).toHaveLength(4);
    expect(second.records).toEqual(first.records);
  });
});
