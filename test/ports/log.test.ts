import { describe, expect, it } from "vitest";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createStreamLog, type StreamLogOptions } from "#shared/adapters/embedded/stream-log.ts";
import type { Log } from "#shared/ports/log.ts";
import { type LogLine, logContract } from "./log.contract.ts";

function streamed(options: Partial<StreamLogOptions> = {}): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = createStreamLog({
    write: (line) => void lines.push(line),
    form: "json",
    level: "debug",
    wallMs: () => Date.UTC(2026, 10, 21, 15, 4, 5),
    ...options,
  });
  return { log, lines };
}

describe("memory log", () =>
  logContract(() => {
    const log = createMemoryLog();
    return {
      log,
      lines: () =>
        log.records.map(
          ({ level, module, code, message, fields }): LogLine => ({
            ...fields,
            level,
            module,
            code,
            msg: message,
          }),
        ),
    };
  }));

describe("stream log", () => {
  logContract(() => {
    const { log, lines } = streamed();
    return { log, lines: () => lines.map((line) => JSON.parse(line) as LogLine) };
  });

  it("writes JSON with the members of every line first", () => {
    const { log, lines } = streamed({ constant: { service: "node", city: "local" } });
    log.module("index").info("caught up", { height: 7 });
    expect(lines).toEqual([
      '{"time":"2026-11-21T15:04:05.000Z","level":"info","service":"node","city":"local",' +
        '"module":"index","msg":"caught up","height":7}\n',
    ]);
  });

  it("does not let a field pose as a member", () => {
    const { log, lines } = streamed();
    log.info("one", { msg: "two", level: "error" });
    expect(JSON.parse(lines.join(""))).toMatchObject({ msg: "one", level: "info" });
  });

  it("writes lines for people, with what to do after a code", () => {
    const { log, lines } = streamed({ form: "human" });
    log.module("index").info("caught up", { height: 7, hash: undefined, why: "a b" });
    log.error("EXOS-E1003", "flush failed", { err: "ENOSPC" });
    expect(lines[0]).toBe('15:04:05 info  index: caught up height=7 why="a b"\n');
    expect(lines[1]).toMatch(/^15:04:05 error flush failed err=ENOSPC \[EXOS-E1003\] Make room/);
  });

  it("lets no field move the cursor of a terminal", () => {
    const { log, lines } = streamed({ form: "human" });
    log.debug("peer said", { agent: "\u001b[2J\n\u009b" });
    expect(lines[0]).toBe('15:04:05 debug peer said agent="\\u001b[2J\\n\\u009b"\n');
  });

  it("leaves out what is below its level", () => {
    const { log, lines } = streamed({ level: "warn" });
    log.debug("no");
    log.info("no");
    log.warn("EXOS-E1000", "yes");
    expect(lines).toHaveLength(1);
  });
});
