import { describe, expect, it } from "vitest";
import { DEPLOY_STATE, neededReleases } from "#services/cli/fleet/deploy-state.ts";
import { runWaves } from "#services/cli/fleet/wave-engine.ts";
import { takeBack, whyNoWayBack } from "#services/cli/fleet/ways-back.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import { type Faults, SHORT, SPARED, WAVES, waveWorld } from "../../support/wave-world.ts";

const ALL = { cities: WAVES.flat(), isNamed: false };
const named = (...cities: string[]) => ({ cities, isNamed: true });
type World = ReturnType<typeof waveWorld>;

/** One wave after the other, each by an order of its own. */
async function eachWave(world: World, version: string, waves = WAVES): Promise<void> {
  for (const wave of waves) {
    expect(await runWaves({ ...SHORT, version, waves: [wave] }, world.deps)).toMatchObject({
      state: "done",
    });
  }
}

/** As the command does it. @returns which orders it gave */
async function back(
  { deps }: Pick<World, "deps">,
  wanted: Parameters<typeof takeBack>[0] = ALL,
): Promise<string[]> {
  const orders: string[] = [];
  await takeBack(wanted, {
    record: deps.record,
    async bring({ leaves, version, cities }) {
      orders.push(`${cities.join(" ")}: ${leaves} to ${version}`);
      const waves = cities.map((city) => [city]);
      const { state } = await runWaves({ ...SHORT, version, leaves, waves }, deps);
      expect(state).toBe("done");
    },
  });
  return orders;
}

describe("waves that are deployed one by one", () => {
  it("all keep their way back", async () => {
    const world = waveWorld();
    await eachWave(world, "2");
    expect(world.running()).toBe("2222");
    expect(await back(world, named("syd"))).toEqual(["syd: 2 to 1"]);
    expect(world.running()).toBe("1222");
    // Who names none takes back what is left of the last release.
    expect(await back(world)).toEqual(["lon sin fra: 2 to 1"]);
    expect(world.running()).toBe("1111");
    expect(await back(world)).toEqual([]);
    expect(whyNoWayBack(world.state(), ALL.cities)).toEqual([
      "syd lon sin fra: nothing is known that ran before 1",
    ]);
  });

  it("go back from the last release alone, unless they are named", async () => {
    const world = waveWorld();
    await eachWave(world, "2");
    await eachWave(world, "3", [["syd"]]);
    expect(neededReleases(world.state() as never)).toEqual(expect.arrayContaining(["1", "2", "3"]));
    expect(await back(world)).toEqual(["syd: 3 to 2"]);
    expect(world.running()).toBe("2222");
    await eachWave(world, "4", [["syd"]]);
    const [reason] = whyNoWayBack(world.state(), ["lon"]);
    expect(reason).toBe("lon: 4 was not deployed there; --city or --wave takes 2 back to 1");
    expect(await back(world, named("lon"))).toEqual(["lon: 2 to 1"]);
    expect(world.running()).toBe("4122");
  });

  it("keep it through an order that finds them there, and one that is given up", async () => {
    const world = waveWorld();
    await eachWave(world, "2");
    await eachWave(world, "2");
    expect(world.state()?.given["fra"]).toEqual({ release: "2", before: "1" });
    const order = { ...SHORT, version: "3", waves: [["fra"]] };
    const dying = crashAt(world.deps, { call: 9, when: "after" }, SPARED);
    await expect(runWaves(order, dying)).rejects.toThrow(CrashError);
    world.pass(3_600);
    const other = { ...order, version: "4", abandon: true };
    expect(await runWaves(other, world.deps)).toMatchObject({ state: "done" });
    expect(world.state()?.given["fra"]?.release).toBe("4");
    expect(await back(world, named("syd", "lon"))).toEqual(["syd lon: 2 to 1"]);
  });

  it("are all deployed when one of them is found half way", async () => {
    const world = waveWorld();
    const dying = crashAt(world.deps, { call: 7, when: "after" }, SPARED);
    await expect(runWaves({ ...SHORT, waves: [["syd"]] }, dying)).rejects.toThrow(CrashError);
    expect(await runWaves({ ...SHORT, waves: [["fra"]] }, world.deps)).toMatchObject({
      state: "done",
    });
    expect(world.running()).toBe("2112");
  });

  it("go back to what each ran, though it is killed at any call", async () => {
    const mixed: Faults = { runs: { syd: "1", lon: "0" } };
    const two = { cities: ["syd", "lon"], isNamed: false };
    const order = { ...SHORT, waves: [two.cities], bakeSeconds: 0 };
    let kills = 0;
    for (const when of ["before", "after"] as const) {
      for (let call = 1; ; call++) {
        const world = waveWorld(mixed);
        await runWaves(order, world.deps);
        const dying = crashAt(world.deps, { call, when }, SPARED);
        const killed = await back({ deps: dying }, two).then(
          () => false,
          (cause: unknown) => {
            if (cause instanceof CrashError) return true;
            throw cause;
          },
        );
        if (killed) await back(world, two);
        const end = { call, when, running: world.running(), phase: world.state()?.phase };
        expect(end).toEqual({ call, when, running: "1011", phase: "done" });
        if (!killed) break;
        kills++;
      }
    }
    expect(kills).toBeGreaterThan(60);
  });
});

describe("the record of deployments", () => {
  it("is read as it was written before it knew of ways back", () => {
    const { leaves, raised, given, ...older } = waveRecord();
    expect(DEPLOY_STATE.parse(older)).toEqual({ ...older, leaves, raised, given });
  });
});

const waveRecord = () => ({
  ...{ v: 1 as const, operator: "anna", until: 9, version: "2", leaves: null, phase: "done" },
  ...{ waves: [["syd"]], at: 0, before: { syd: "1" }, raised: {}, given: {}, tries: {} },
  ...{ bakeFrom: 5, reason: null },
});
