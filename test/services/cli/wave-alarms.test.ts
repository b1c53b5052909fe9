import { describe, expect, it } from "vitest";
import { runWaves } from "#services/cli/fleet/wave-engine.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import {
  BAKE,
  DEPLOY,
  type Faults,
  ORDER,
  type RaisedAlarm,
  SHORT,
  SPARED,
  waveWorld,
} from "../../support/wave-world.ts";

const BEGIN = 1_000;
/** Raised when an order begins. */
const old = (city: string, until?: number): RaisedAlarm => ({
  ...{ city, name: "TipAge", from: 0 },
  ...(until !== undefined && { until }),
});
const BAD = { syd: "2", lon: "2", sin: "2", fra: "2" };
/** Waves enough for an alarm before each. */
const TWO = { waves: [["syd"], ["sin"]] };
/** Back from 2, as `exos fleet rollback` orders it. */
const BACK = { ...ORDER, version: "1", leaves: "2" };

describe("an alarm that was raised before a release came", () => {
  it("does not keep its fix from being deployed, if it is quiet when it was watched", async () => {
    const { deps, running } = waveWorld({ alarms: [old("syd", BEGIN + DEPLOY + 300)] });
    expect(await runWaves(ORDER, deps)).toMatchObject({ state: "done" });
    expect(running()).toBe("2222");
  });

  it("keeps the wave where it is when it is not, and the same release goes on later", async () => {
    const { deps, running, pass, state } = waveWorld({ alarms: [old("lon", BEGIN + 9_000)] });
    expect(await runWaves(ORDER, deps)).toMatchObject({
      state: "kept",
      wave: ["lon", "sin"],
      reason: "lon: TipAge raised before 2 came, and not quiet since",
    });
    expect(running()).toBe("2221");
    pass(9_000);
    expect(await runWaves(ORDER, deps)).toMatchObject({ state: "done" });
    expect(running()).toBe("2222");
    // The way back is that of the order that brought it.
    expect(state()?.given["lon"]).toEqual({ release: "2", before: "1" });
  });

  it("is one that a wave had before it was changed, and not before the order began", async () => {
    const from = BEGIN + DEPLOY + BAKE / 2;
    const { deps, running } = waveWorld({
      alarms: [{ city: "lon", name: "Peers", from, until: from + BAKE }],
    });
    expect(await runWaves(ORDER, deps)).toMatchObject({ state: "done" });
    expect(running()).toBe("2222");
  });

  it.each<readonly [string, RaisedAlarm]>([
    ["another one", { city: "syd", name: "RpcErrors", from: BEGIN + DEPLOY + 60 }],
    ["the same one, after it was quiet", { ...old("syd"), from: BEGIN + DEPLOY + 600 }],
    ["one of another city", { ...old("lon"), from: BEGIN + DEPLOY + BAKE + 60 }],
  ])("does not cover %s, which ends the bake at once", async (_, alarm) => {
    const { deps, running } = waveWorld({ alarms: [old("syd", BEGIN + DEPLOY + 300), alarm] });
    const { city, name } = alarm;
    const outcome = await runWaves(ORDER, deps);
    expect(outcome).toMatchObject({
      state: "failed",
      reason: `${city}: its alarm ${name} is raised`,
    });
    expect(deps.clock.now()).toBeLessThan(BEGIN + DEPLOY + BAKE + 2 * DEPLOY + 300);
    expect(running()).toBe(city === "syd" ? "1111" : "2111");
  });
});

describe("a release that is taken back", () => {
  it("leaves every city at what it ran before, whatever is still raised, and says so", async () => {
    const { deps, running, deployed, said } = waveWorld({
      runs: BAD,
      alarms: [old("syd"), old("fra")],
    });
    expect(await runWaves(BACK, deps)).toMatchObject({
      state: "done",
      deployed: { raised: { syd: ["TipAge"], fra: ["TipAge"] } },
    });
    expect(running()).toBe("1111");
    expect(deployed).toEqual(["syd 1", "lon 1", "sin 1", "fra 1"]);
    expect(said).toContain("syd: TipAge raised before 1 came, and not quiet since");
  });

  it.each<readonly [string, Faults]>([
    ["an alarm is raised", { alarms: [{ ...old("lon"), from: BEGIN + DEPLOY + BAKE + 300 }] }],
    ["a city does not answer", { silent: "sin" }],
    ["a stack falls back", { refuses: { lon: "1" } }],
  ])("never comes again: where %s, the wave stays", async (_, faults) => {
    const { deps, running, deployed } = waveWorld({ ...faults, runs: BAD });
    expect(await runWaves(BACK, deps)).toMatchObject({ state: "kept", wave: ["lon", "sin"] });
    expect(deployed.filter((row) => row.endsWith("2"))).toEqual([]);
    expect(running()).toBe(faults.refuses === undefined ? "1112" : "1212");
  });
});

describe("killed at any call, with alarms of before", () => {
  it.each<readonly [string, Faults, typeof ORDER, string]>([
    ["a fix", { alarms: [old("syd", BEGIN + DEPLOY + 5)] }, { ...SHORT, ...TWO }, "2121"],
    [
      "a release that is taken back",
      { runs: BAD, alarms: [old("syd"), old("sin")] },
      { ...BACK, ...TWO, bakeSeconds: SHORT.bakeSeconds },
      "1212",
    ],
  ])("%s arrives", async (_, faults, order, running) => {
    let kills = 0;
    for (const when of ["before", "after"] as const) {
      for (let call = 1; ; call++) {
        const world = waveWorld(faults);
        const deps = crashAt(world.deps, { call, when }, SPARED);
        const killed = await runWaves(order, deps).then(
          () => false,
          (cause: unknown) => {
            if (cause instanceof CrashError) return true;
            throw cause;
          },
        );
        if (!killed) break;
        kills++;
        const { state } = await runWaves(order, world.deps);
        const end = { call, when, running: world.running(), state };
        expect(end).toEqual({ call, when, running, state: "done" });
        expect(world.deployed.filter((row) => !row.endsWith(order.version))).toEqual([]);
      }
    }
    expect(kills).toBeGreaterThan(60);
  });
});
