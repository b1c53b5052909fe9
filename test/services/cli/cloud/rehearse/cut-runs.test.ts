import { describe, expect, it } from "vitest";
import {
  type CutRun,
  cameAgain,
  deliveredAgain,
  driverCuts,
  emulatorCuts,
} from "#services/cli/cloud/rehearse/cut-runs.ts";
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

  it("are those of the driver, which says what each held", () => {
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

/** What handlers write of such messages, among what an emulator writes. */
function logOf(...again: readonly (readonly [messageId: string, attempt: number])[]): string {
  const lines: string[] = [];
  const log = createStreamLog({
    write: (line) => void lines.push(line),
    form: "json",
    level: "info",
    constant: { service: "check", city: "loc" },
  });
  for (const [messageId, attempt] of again) log.info("delivered again", { messageId, attempt });
  log.info("something else", { messageId: "z", attempt: 9 });
  return `ESM: Lambda ${CHECK} output:\n${lines.join("")}`;
}

describe("what a run held that was cut", () => {
  const held = [
    { id: "a", attempt: 1 },
    { id: "b", attempt: 2 },
  ];
  const alone: CutRun = { name: "connect", held, isAlone: true };

  it("came again where each was received more often than then", () => {
    const again = deliveredAgain(logOf(["a", 3], ["a", 2], ["b", 3]));
    expect([...again]).toEqual([
      ["a", 3],
      ["b", 3],
    ]);
    expect(cameAgain(alone, again)).toBe(true);
  });

  it.each([
    ["one that nobody received again", logOf(["a", 2])],
    ["one that was received as often as then", logOf(["a", 2], ["b", 2])],
    ["all", logOf()],
  ])("did not where that lacks %s", (_, log) => {
    expect(cameAgain(alone, deliveredAgain(log))).toBe(false);
  });

  it("came again in part where other runs held the rest, and handled it", () => {
    const shared = { ...alone, isAlone: false };
    expect(cameAgain(shared, deliveredAgain(logOf(["b", 3])))).toBe(true);
    expect(cameAgain(shared, deliveredAgain(logOf(["b", 2])))).toBe(false);
  });
});
