import { describe, expect, it } from "vitest";
import { deliveredAgain, driverCuts, emulatorCuts } from "#services/cli/cloud/rehearse/cut-runs.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";

const CHECK = "exos-local-loc-check";
const lost = (name: string, why: string) =>
  `2026-11-22 16:20:24 WARNING [lambda] ESM: Lambda ${name} failed processing SQS batch from exos-local-loc-blocks (errorType=Runtime.HandlerError errorMessage=${why})\n${why}\n`;
const failed = (name: string, why: string, held: string) =>
  `fault ${name}: Error: FunctionFailure: ${name}: ${why}; to come again: ${held}\n`;

describe("runs that were cut", () => {
  it("are the batches that an emulator lost with their process, and no others", () => {
    const log = [
      lost(CHECK, "Worker process died"),
      lost(CHECK, "Worker process exited immediately. stderr: "),
      lost(`${CHECK}-other`, "Worker process died"),
      `ESM: Lambda ${CHECK} processed 1 SQS messages from exos-local-loc-blocks\n`,
      lost(CHECK, "Worker process died"),
    ].join("");
    expect(emulatorCuts(log, CHECK)).toBe(2);
    expect(emulatorCuts("", CHECK)).toBe(0);
  });

  it("are those of the driver that ended with their process", () => {
    const log = [
      failed(CHECK, "its process ended", "a-1:1 b-2:3"),
      failed(CHECK, "took longer than 30 s", "c:1"),
      failed("exos-local-loc-connect", "its process ended", "d:1"),
      failed(CHECK, "its process ended", "e:2"),
    ].join("");
    expect(driverCuts(log, CHECK)).toEqual([
      [
        { id: "a-1", attempt: 1 },
        { id: "b-2", attempt: 3 },
      ],
      [{ id: "e", attempt: 2 }],
    ]);
  });
});

describe("messages of runs that were cut", () => {
  it("are told once for each time that a service was handed them again", () => {
    const lines: string[] = [];
    for (const service of ["check", "connect"]) {
      const constant = { service, city: "loc" };
      const write = (line: string) => void lines.push(line);
      const log = createStreamLog({ write, form: "json", level: "info", constant });
      for (const attempt of [2, 3, 3]) {
        log.info("delivered again", { messageId: "a", attempt });
      }
      if (service === "check") log.info("delivered again", { messageId: "b", attempt: 2 });
      log.info("something else", { messageId: "z", attempt: 9 });
    }
    const log = `ESM: Lambda ${CHECK} output:\n${lines.join("")}`;
    const twice = [2, 3].map((attempt) => ({ id: "a", attempt }));
    expect([...deliveredAgain(log)]).toEqual([
      ["check", [...twice, { id: "b", attempt: 2 }]],
      ["connect", twice],
    ]);
    expect(deliveredAgain("").size).toBe(0);
  });
});
