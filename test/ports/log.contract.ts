import { expect, it } from "vitest";
import type { Log } from "#shared/ports/log.ts";

export type LogLine = Readonly<Record<string, string | number | boolean | undefined>>;

/** What every log promises. @param create a log, and what it was told so far */
export function logContract(
  create: () => { readonly log: Log; readonly lines: () => readonly LogLine[] },
): void {
  it("keeps level, text and fields of each record, in order", () => {
    const { log, lines } = create();
    log.debug("a", { n: 1, yes: true });
    log.info("b");
    expect(lines()).toEqual([
      expect.objectContaining({ level: "debug", msg: "a", n: 1, yes: true }),
      expect.objectContaining({ level: "info", msg: "b" }),
    ]);
  });

  it("carries a code with each warning and error", () => {
    const { log, lines } = create();
    log.warn("EXOS-E1000", "a");
    log.error("EXOS-E9001", "b", { err: "c" });
    expect(lines().map(({ code }) => code)).toEqual(["EXOS-E1000", "EXOS-E9001"]);
    expect(lines()[1]).toMatchObject({ level: "error", err: "c" });
  });

  it("names the module in the records of that module's log alone", () => {
    const { log, lines } = create();
    log.module("index").info("a");
    log.info("b");
    expect(lines().map(({ module }) => module)).toEqual(["index", undefined]);
  });
}
