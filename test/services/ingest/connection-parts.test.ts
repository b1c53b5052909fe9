import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chooseVictim,
  type EvictionCandidate,
} from "#services/ingest/connections/choose-victim.ts";
import { PeerClock } from "#services/ingest/connections/peer-clock.ts";
import { QuietLog } from "#services/ingest/connections/quiet-log.ts";
import { RestTimes } from "#services/ingest/connections/rest-times.ts";
import { UploadBudget } from "#services/ingest/connections/upload-budget.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

describe("rest times", () => {
  it("let an address be dialled again after a second, four times, and then in twelve hours", () => {
    const rests = new RestTimes();
    let now = 0;
    for (let failure = 1; failure <= 5; failure++) {
      expect(rests.mayDial("a", now), `before failure ${failure}`).toBe(true);
      rests.failed("a", "connecting", now);
      expect(rests.mayDial("a", now + SECOND - 1)).toBe(false);
      now += SECOND;
    }
    expect(rests.mayDial("a", now)).toBe(false);
    expect(rests.mayDial("a", now + 12 * HOUR - SECOND - 1)).toBe(false);
    expect(rests.mayDial("a", now + 12 * HOUR)).toBe(true);
    expect(rests.mayDial("b", 0)).toBe(true);
  });

  it("forget failures that are an hour old, and all of them after a success", () => {
    const rests = new RestTimes();
    for (let n = 0; n < 10; n++) rests.failed("a", "connecting", n * 0.25 * HOUR);
    expect(rests.mayDial("a", 2.5 * HOUR)).toBe(true);
    for (let n = 0; n < 5; n++) rests.failed("b", "connecting", n);
    expect(rests.mayDial("b", 5 * SECOND)).toBe(false);
    rests.succeeded("b");
    expect(rests.mayDial("b", 5 * SECOND)).toBe(true);
  });

  it("hold after three handshakes that failed", () => {
    const rests = new RestTimes();
    rests.failed("a", "handshake", 0);
    rests.failed("a", "handshake", 1);
    expect(rests.mayDial("a", 10 * SECOND)).toBe(true);
    rests.failed("a", "handshake", 2);
    expect(rests.mayDial("a", 10 * SECOND)).toBe(false);
  });

  it("of a named node double up to a minute, on this machine to two seconds", () => {
    const rests = new RestTimes();
    const pauses: number[] = [];
    const local: number[] = [];
    let now = 0;
    for (let n = 0; n < 9; n++) {
      rests.failed("a", "connecting", now);
      const pauseOf = (isLocal: boolean) => {
        let pause = 0;
        while (!rests.mayDialNamed("a", isLocal, now + pause * SECOND)) pause++;
        return pause;
      };
      pauses.push(pauseOf(false));
      local.push(pauseOf(true));
      now += 100 * SECOND;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(local).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2]);
  });

  it("are kept of no more than two thousand addresses", () => {
    const rests = new RestTimes();
    for (let n = 0; n <= 2_000; n++) rests.failed(`host ${n}`, "connecting", 0);
    expect(rests.mayDial("host 0", 0)).toBe(true);
    expect(rests.mayDial("host 1", 0)).toBe(false);
  });
});

describe("who makes room", () => {
  const candidate = (id: number, change: Partial<EvictionCandidate> = {}): EvictionCandidate => ({
    id,
    group: `group ${id}`,
    pingMinMs: undefined,
    lastBlock: 0,
    lastTransaction: 0,
    connectedAtMs: id,
    ...change,
  });

  it("is nobody of the few that are spared", () => {
    expect(chooseVictim([])).toBeUndefined();
    expect(chooseVictim(Array.from({ length: 20 }, (_, id) => candidate(id)))).toBeUndefined();
  });

  it("is the youngest of the largest network", () => {
    const crowd = Array.from({ length: 40 }, (_, n) => candidate(100 + n, { group: "crowd" }));
    const others = Array.from({ length: 40 }, (_, n) => candidate(n));
    expect(chooseVictim([...others, ...crowd])?.id).toBe(139);
  });

  it("is never one of the best eight by ping, four by transaction or four by block", () => {
    const peer = fc.record({
      ping: fc.option(fc.nat(1_000), { nil: undefined }),
      block: fc.nat(3),
      transaction: fc.nat(3),
      group: fc.nat(5),
      age: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(peer, { minLength: 21, maxLength: 60 }), (rows) => {
        const all = rows.map(({ ping, block, transaction, group, age }, id) =>
          candidate(id, {
            pingMinMs: ping,
            lastBlock: block,
            lastTransaction: transaction,
            group: String(group),
            connectedAtMs: age,
          }),
        );
        const victim = chooseVictim(all);
        if (victim === undefined) return;
        const better = (than: (one: EvictionCandidate) => boolean) =>
          all.filter((one) => one.id !== victim.id && than(one)).length;
        const ping = victim.pingMinMs ?? Number.POSITIVE_INFINITY;
        expect(
          better((one) => (one.pingMinMs ?? Number.POSITIVE_INFINITY) <= ping),
        ).toBeGreaterThan(7);
        expect(better((one) => one.lastTransaction >= victim.lastTransaction)).toBeGreaterThan(3);
        expect(better((one) => one.lastBlock >= victim.lastBlock)).toBeGreaterThan(3);
        expect(better((one) => one.connectedAtMs <= victim.connectedAtMs)).toBeGreaterThan(0);
      }),
    );
  });
});

describe("a day's upload", () => {
  it("ends with the last old block that fits, and begins anew a day after its first", () => {
    const budget = new UploadBudget(100);
    expect(budget.state(0)).toEqual({ limitBytes: 100, leftBytes: 100, leftSeconds: 0 });
    expect(budget.take(60, { always: false }, 1_000)).toBe(true);
    expect(budget.take(41, { always: false }, 2_000)).toBe(false);
    expect(budget.take(40, { always: false }, 2_000)).toBe(true);
    expect(budget.take(1, { always: false }, 3_000)).toBe(false);
    expect(budget.take(50, { always: true }, 3_000)).toBe(true);
    expect(budget.state(3_000)).toEqual({ limitBytes: 100, leftBytes: 0, leftSeconds: 86_398 });
    expect(budget.take(100, { always: false }, 24 * HOUR + 999)).toBe(false);
    expect(budget.take(100, { always: false }, 24 * HOUR + 1_000)).toBe(true);
  });

  it("has no end without a limit", () => {
    const budget = new UploadBudget(0);
    expect(budget.take(Number.MAX_SAFE_INTEGER, { always: false }, 0)).toBe(true);
    expect(budget.state(0)).toBeUndefined();
  });
});

describe("the clock of the peers", () => {
  const clockOf = (outbound: readonly number[], inbound: readonly number[] = []) => {
    const clock = new PeerClock();
    for (const [at, offsetSeconds] of outbound.entries()) {
      clock.add({ source: `out ${at}`, offsetSeconds, outbound: true });
    }
    for (const [at, offsetSeconds] of inbound.entries()) {
      clock.add({ source: `in ${at}`, offsetSeconds, outbound: false });
    }
    return clock;
  };

  it("says nothing before four peers that were dialled have spoken", () => {
    expect(clockOf([9, 9, 9], Array(50).fill(9)).read().offsetSeconds).toBe(0);
    expect(clockOf([9, 9, 9, 9]).read().offsetSeconds).toBe(9);
  });

  it("is the median, where a peer that was dialled counts three times", () => {
    expect(clockOf([1, 2, 30, 40]).read().offsetSeconds).toBe(30);
    expect(clockOf([10, 10, 10, 10], Array(11).fill(-500)).read().offsetSeconds).toBe(10);
    expect(clockOf([10, 10, 10, 10], Array(13).fill(-500)).read().offsetSeconds).toBe(-500);
    expect(clockOf([1, 2, 30, 40]).median()).toBe(30);
    expect(new PeerClock().median()).toBeUndefined();
  });

  it.each([
    [1_500, { offsetSeconds: 1_500, tooFar: false }],
    [1_501, { offsetSeconds: 0, tooFar: true }],
    [-1_501, { offsetSeconds: 0, tooFar: true }],
  ])("of %i seconds is a correction or a fault", (offset, answer) => {
    expect(clockOf([offset, offset, offset, offset]).read()).toEqual(answer);
  });

  it("keeps the latest word of each source, of two hundred sources", () => {
    const clock = clockOf([1, 1, 1, 1]);
    for (let at = 0; at < 4; at++) {
      clock.add({ source: `out ${at}`, offsetSeconds: 7, outbound: true });
    }
    expect(clock.read().offsetSeconds).toBe(7);
    for (let at = 0; at < 200; at++) {
      clock.add({ source: `late ${at}`, offsetSeconds: 9, outbound: true });
    }
    expect(clock.read().offsetSeconds).toBe(9);
  });
});

describe("a quiet log", () => {
  it("warns ten times a minute of each code, and tells the rest to whoever debugs", () => {
    const log = createMemoryLog();
    let nowMs = 0;
    const quiet = new QuietLog(log, () => nowMs);
    for (let n = 0; n < 12; n++) quiet.warn("EXOS-E3001", "banned", { n });
    quiet.warn("EXOS-E3002", "left", {});
    nowMs = 60_000;
    quiet.warn("EXOS-E3001", "banned", {});
    const levels = log.records.map(({ level }) => level);
    expect(levels.filter((level) => level === "warn")).toHaveLength(12);
    expect(log.records[11]).toMatchObject({ level: "debug", fields: { code: "EXOS-E3001" } });
  });
});
