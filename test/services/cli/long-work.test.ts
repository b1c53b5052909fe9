import { expect, it } from "vitest";
import { createLongWork } from "#services/cli/long-work.ts";
import { createTimeLeft, duration } from "#services/cli/time-left.ts";

function open(interactive: boolean) {
  const lines: string[] = [];
  let now = 0;
  const none = () => undefined;
  const terminal = {
    out: none,
    err: none,
    log: none,
    status: (line: string) => void lines.push(line),
    interactive,
  };
  const work = createLongWork({ terminal, phase: "blocks", elapsedMs: () => now });
  const after = (ms: number, percent: number) => {
    now += ms;
    work.show(percent, ["1,240 blk/s", "90 tx/s", "height 7"]);
  };
  return { lines, after };
}

it("hides the time left until three samples of at least a second exist", () => {
  const { lines, after } = open(false);
  after(0, 0);
  after(1_000, 10);
  after(1_000, 20);
  expect(lines.at(-1)).toBe("blocks 20 % · 1,240 blk/s · 90 tx/s · height 7");
  after(999, 29);
  expect(lines.at(-1)).not.toContain("left");
  after(1, 30);
  expect(lines.at(-1)).toBe("blocks 30 % · 1,240 blk/s · 90 tx/s · 7 s left · height 7");
});

it("never lets the percentage fall", () => {
  const { lines, after } = open(false);
  after(0, 50);
  after(1, 40);
  expect(lines.at(-1)).toContain("blocks 50 %");
});

it("draws a bar on a terminal", () => {
  const { lines, after } = open(true);
  after(0, 50);
  expect(lines.at(-1)).toContain("[######······] 50 %");
});

it("gives a range when the samples disagree", () => {
  const left = createTimeLeft();
  let percent = 0;
  for (let second = 0; second < 8; second++) {
    percent += second % 2 === 0 ? 1 : 9;
    left.note(percent, second * 1_000);
  }
  expect(left.text()).toMatch(/^\d+ s to \d+ s left$/);
});

it.each([
  [0, "0 s"],
  [119_499, "119 s"],
  [120_000, "2 min"],
  [7_199_999, "120 min"],
  [7_200_000, "2 h"],
  [172_800_000, "2 d"],
])("says %d ms as %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
