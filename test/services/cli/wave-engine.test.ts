import { describe, expect, it } from "vitest";
import { type DeployState, halfDeployed, isHeldFrom } from "#services/cli/fleet/deploy-state.ts";
import { runWaves } from "#services/cli/fleet/wave-engine.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import {
  BAKE,
  DEPLOY,
  type Faults,
  ORDER,
  SHORT,
  SPARED,
  waveWorld as world,
} from "../../support/wave-world.ts";

describe("a deployment", () => {
  it("brings every wave to the version, one after the other, each watched for its time", async () => {
    const { deps, deployed, running } = world();
    const startedAt = deps.clock.now();
    expect(await runWaves(ORDER, deps)).toMatchObject({ state: "done" });
    expect(running()).toBe("2222");
    expect(deployed).toEqual(["syd 2", "lon 2", "sin 2", "fra 2"]);
    expect(deps.clock.now() - startedAt).toBeGreaterThanOrEqual(3 * (BAKE + DEPLOY));
  });

  it("that takes seconds is seen seconds later, and one that takes longer is looked at less", async () => {
    const { deps } = world();
    const slept: number[] = [];
    const counted = {
      ...deps.clock,
      async sleep(ms: number) {
        slept.push(ms / 1_000);
        await deps.clock.sleep(ms);
      },
    };
    const startedAt = deps.clock.now();
    await runWaves({ ...ORDER, waves: [["syd"]], bakeSeconds: 202 }, { ...deps, clock: counted });
    const tookSeconds = deps.clock.now() - startedAt;
    expect(tookSeconds).toBeGreaterThanOrEqual(DEPLOY + 202);
    expect(tookSeconds).toBeLessThan(DEPLOY + 15 + 202);
    expect(slept.slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(Math.max(...slept)).toBe(15);
    // As long as it is to be watched, and no longer.
    expect(slept.at(-1)).toBe(7);
  });

  it("of what runs already changes nothing and still watches", async () => {
    const { deps, deployed } = world();
    expect(await runWaves({ ...ORDER, version: "1" }, deps)).toMatchObject({ state: "done" });
    expect(deployed).toEqual([]);
  });

  it.each<readonly [string, Faults, string]>([
    ["a stack falls back", { refuses: { sin: "2" } }, "sin: it did not come to 2"],
    [
      "an alarm is raised",
      { alarms: [{ city: "lon", name: "Dead", from: 3_000 }] },
      "lon: its alarm Dead is raised",
    ],
    ["a city is not ready in the end", { unready: "lon" }, "lon: behind, 9 blocks"],
    ["a city does not answer", { silent: "sin" }, "sin: unreachable, No answer"],
    ["a city follows another chain", { otherChain: "sin" }, "sin: split, Follows another chain"],
  ])("rolls its wave back and leaves later ones when %s", async (_, faults, reason) => {
    const { deps, running, deployed } = world(faults);
    const outcome = await runWaves(ORDER, deps);
    expect(outcome).toMatchObject({ state: "failed", wave: ["lon", "sin"], stuck: [] });
    expect(outcome.state === "failed" && outcome.reason).toContain(reason);
    expect(running()).toBe("2111");
    expect(deployed.some((row) => row.startsWith("fra"))).toBe(false);
  });

  it("names a city that neither goes on nor back, after the others went back", async () => {
    const { deps, running } = world({ broken: "lon" });
    expect(await runWaves(ORDER, deps)).toEqual({
      state: "failed",
      wave: ["lon", "sin"],
      reason: "lon: UPDATE_ROLLBACK_FAILED",
      stuck: ["lon"],
    });
    expect(running()).toBe("2211");
  });

  it("does not wait for ever, and says what for", async () => {
    const { deps, said, running } = world({ hangs: "sin" });
    const startedAt = deps.clock.now();
    expect(await runWaves(ORDER, deps)).toEqual({
      state: "failed",
      wave: ["lon", "sin"],
      reason: "sin: its stacks, for 4 hours",
      stuck: ["sin"],
    });
    // Once forwards and once back.
    expect(deps.clock.now() - startedAt).toBeGreaterThan(2 * 4 * 3_600);
    expect(said).toContain("waiting for sin: its stacks");
    expect(said).toContain("sin: its stacks, for 4 hours; it needs a hand");
    expect(running()).toBe("2111");
  });

  /** The same world, but that nothing of a city was there. */
  function without(city: string, faults: Faults = {}) {
    const there = world(faults);
    const { look } = there.deps.deployments;
    let absent = true;
    there.deps.deployments.look = async (code) => {
      if (code !== city || !absent) return look(code);
      absent = false;
      return { state: "absent" };
    };
    return there;
  }

  it("takes a new city back to nothing by leaving it, since nothing ran there", async () => {
    const { deps, running } = without("syd", { refuses: { syd: "2" } });
    expect(await runWaves(ORDER, deps)).toMatchObject({ state: "failed", stuck: [] });
    expect(running()).toBe("1111");
  });

  it("watches no city that ran nothing before: it has no chain yet, and no callers", async () => {
    const { deps, said, running } = without("syd", {
      silent: "syd",
      alarms: [{ city: "syd", name: "TipAge", from: 0 }],
    });
    const startedAt = deps.clock.now();
    expect(await runWaves({ ...ORDER, waves: [["syd"]] }, deps)).toMatchObject({ state: "done" });
    expect(said.join()).toContain("syd: new");
    expect(deps.clock.now() - startedAt).toBeLessThan(BAKE);
    expect(running()).toBe("2111");
    const beside = without("lon", { silent: "lon", unready: "sin" });
    expect(await runWaves(ORDER, beside.deps)).toMatchObject({
      state: "failed",
      wave: ["lon", "sin"],
      reason: "sin: behind, 9 blocks",
    });
  });
});

it("rolls nothing back for what it sees of a city after it was stopped", async () => {
  const { deps, deployed, state } = world();
  const stop = new AbortController();
  const look = async () => {
    if (deployed.length === 2) stop.abort();
    return { state: "settled", version: "1" } as const;
  };
  const deployments = { ...deps.deployments, look };
  const stopped = runWaves(ORDER, { ...deps, deployments, signal: stop.signal });
  await expect(stopped).rejects.toThrow("aborted");
  expect(state()).toMatchObject({ phase: "deploying", at: 0 });
  expect(await runWaves(ORDER, deps)).toMatchObject({ state: "done" });
});

it("ends at once where it is stopped while a wave is watched, and goes on with it", async () => {
  const { deps, state } = world();
  const stop = new AbortController();
  const clock = {
    ...deps.clock,
    sleep: (ms: number, signal?: AbortSignal) => {
      if (state()?.phase !== "baking") return deps.clock.sleep(ms);
      // Nobody wakes it but the signal.
      return new Promise<void>((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
        stop.abort();
      });
    },
  };
  await expect(runWaves(ORDER, { ...deps, clock, signal: stop.signal })).rejects.toThrow("aborted");
  expect(state()).toMatchObject({ phase: "baking", at: 0 });
  expect(await runWaves(ORDER, deps)).toMatchObject({ state: "done" });
});

describe("a second operator", () => {
  it("is refused while the first is at it, and after he was killed at another version", async () => {
    const { deps, state, pass, running } = world();
    await expect(
      runWaves(ORDER, crashAt(deps, { call: 14, when: "before" }, SPARED)),
    ).rejects.toThrow(CrashError);
    const other = { ...ORDER, operator: "bob" };
    expect(await runWaves(other, deps)).toMatchObject({
      state: "refused",
      by: { operator: "anna", version: "2" },
    });
    pass(3_600);
    expect(await runWaves({ ...other, version: "3" }, deps)).toMatchObject({ state: "refused" });
    expect(state()?.operator).toBe("anna");

    expect(await runWaves(other, deps)).toMatchObject({ state: "done" });
    expect(running()).toBe("2222");
  });

  it("goes on with what was killed half way when he names no release, and gives it up by saying so", async () => {
    const { deps, state, pass } = world();
    expect(halfDeployed(state(), {})).toBeUndefined();
    await expect(
      runWaves(ORDER, crashAt(deps, { call: 14, when: "before" }, SPARED)),
    ).rejects.toThrow(CrashError);
    const left = state();
    if (left === undefined) throw new RangeError("nothing was written");
    expect(halfDeployed(left, {})).toBe("2");
    expect(halfDeployed(left, { abandon: true })).toBeUndefined();
    const now = () => deps.clock.now();
    expect([isHeldFrom(left, "anna", now()), isHeldFrom(left, "bob", now())]).toEqual([
      false,
      true,
    ]);
    pass(3_600);
    expect(isHeldFrom(left, "bob", now())).toBe(false);
    expect(await runWaves(ORDER, deps)).toMatchObject({ state: "done" });
    expect(halfDeployed(state(), {})).toBeUndefined();
  });

  it("gives up what was killed half way when he says so, and after its time alone", async () => {
    const { deps, pass, running } = world();
    await expect(
      runWaves(ORDER, crashAt(deps, { call: 14, when: "before" }, SPARED)),
    ).rejects.toThrow(CrashError);
    const other = { ...ORDER, operator: "bob", version: "3", abandon: true };
    expect(await runWaves(other, deps)).toMatchObject({ state: "refused" });
    pass(3_600);
    expect(await runWaves(other, deps)).toMatchObject({ state: "done" });
    expect(running()).toBe("3333");
  });

  it("who was quicker in between is the one who goes on", async () => {
    const { deps } = world();
    const { record } = deps;
    const foreign = { ...deps, record: { ...record, read: async () => undefined } };
    await record.write(stateOf("bob"), undefined);
    expect(await runWaves(ORDER, foreign)).toMatchObject({ state: "refused" });
  });

  it("who took over stops the first", async () => {
    const { deps, state } = world();
    const { clock, record } = deps;
    let slept = 0;
    const slow = {
      ...clock,
      async sleep(ms: number) {
        await clock.sleep(ms);
        if (++slept !== 3) return;
        const found = await record.read();
        await record.write({ ...stateOf("bob"), version: "2" }, found?.tag);
      },
    };
    expect(await runWaves(ORDER, { ...deps, clock: slow })).toEqual({ state: "taken" });
    expect(state()?.operator).toBe("bob");
  });
});

function stateOf(operator: string): DeployState {
  return {
    v: 1,
    operator,
    until: 9_999_999,
    version: "9",
    leaves: null,
    phase: "deploying",
    waves: [["syd"]],
    at: 0,
    before: {},
    raised: {},
    given: {},
    tries: {},
    bakeFrom: 0,
    reason: null,
  };
}

describe("a deployment killed at any call", () => {
  /** Runs until the end, killed at one call, then goes on. @returns whether the kill came */
  async function killedAt(call: number, when: "before" | "after", faults: Faults) {
    const { deps, running, state } = world(faults);
    let killed = false;

    try {
      await runWaves(SHORT, crashAt(deps, { call, when }, SPARED));
    } catch (cause) {
      if (!(cause instanceof CrashError)) throw cause;
      killed = true;
      await runWaves(SHORT, deps);
    }
    return { killed, running: running(), phase: state()?.phase };
  }

  it.each<readonly [string, Faults, string, string]>([
    ["that goes well", {}, "2222", "done"],
    ["that is rolled back", { refuses: { sin: "2" } }, "2111", "failed"],
  ])("%s ends where it would have", async (_, faults, running, phase) => {
    let kills = 0;
    for (const when of ["before", "after"] as const) {
      for (let call = 1; ; call++) {
        const end = await killedAt(call, when, faults);
        if (!end.killed) break;
        kills++;
        // Killed while its last words were written, a failed deployment is begun anew: same end.
        expect({ call, when, running: end.running, phase: end.phase }).toEqual({
          call,
          when,
          running,
          phase,
        });
      }
    }
    expect(kills).toBeGreaterThan(60);
  });
});
