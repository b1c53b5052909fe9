import { describe, expect, it } from "vitest";
import { loadCity } from "#services/cli/fleet/load-city.ts";
import { runWaves, type WaveDeps } from "#services/cli/fleet/wave-engine.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { seededNumbers } from "../../support/flaky.ts";
import { ORDER, waveWorld } from "../../support/wave-world.ts";

const throttled = () => new StoreFault("slow down", { retryable: true, code: "EXOS-E8100" });

/** Every port of a world, of whose calls `fails` tells which are not answered, and when. */
function failing(deps: WaveDeps, fails: (call: string) => "before" | "after" | undefined) {
  const port = <Port extends object>(name: string, target: Port): Port =>
    new Proxy(target, {
      get(_, member) {
        const method: unknown = Reflect.get(target, member);
        if (typeof method !== "function") return method;
        return async (...input: unknown[]) => {
          const when = fails(`${name}.${String(member)}`);
          if (when === "before") throw throttled();
          const answer: unknown = await method.apply(target, input);
          if (when === "after") throw throttled();
          return answer;
        };
      },
    });
  const { record, deployments, health } = deps;
  return {
    ...deps,
    record: port("record", record),
    deployments: port("deployments", deployments),
    health: port("health", health),
  };
}

describe("a deployment on a bad line", () => {
  it("goes on, whichever calls are throttled, and whichever answers are lost", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { deps, running, state } = waveWorld();
      const dice = seededNumbers(seed);
      const bad = failing(deps, () =>
        dice() < 0.3 ? (dice() < 0.5 ? "before" : "after") : undefined,
      );
      expect(await runWaves(ORDER, bad)).toMatchObject({ state: "done" });
      expect([seed, running(), state()?.phase]).toEqual([seed, "2222", "done"]);
    }
  });

  it("still rolls back what raises an alarm, and says what it waits for", async () => {
    const { deps, running, said } = waveWorld({
      alarms: [{ city: "syd", name: "TipAge", from: 1_200 }],
    });
    let looks = 0;
    const bad = failing(deps, (call) =>
      call === "health.look" && ++looks > 2 && looks < 12 ? "before" : undefined,
    );
    expect(await runWaves(ORDER, bad)).toMatchObject({ state: "failed", wave: ["syd"] });
    expect(running()).toBe("1111");
    expect(said.filter((line) => line === "asked again, since slow down")).toHaveLength(1);
  });

  it("ends with what does not pass in time, and goes on later", async () => {
    const { deps, running } = waveWorld();
    const from = deps.clock.now();
    const bad = failing(deps, (call) => (call === "deployments.look" ? "before" : undefined));
    await expect(runWaves(ORDER, bad)).rejects.toThrow("slow down");
    expect(deps.clock.now() - from).toBeLessThan(300);
    expect(await runWaves(ORDER, deps)).toMatchObject({ state: "done" });
    expect(running()).toBe("2222");
  });
});

it("a city that is filled anew has its connect back though looks at its task are throttled", async () => {
  const done: string[] = [];
  let looks = 0;
  const outcome = await loadCity(
    { refill: true },
    {
      run: async () => "arn:task",
      running: async () => [],
      async ended() {
        if (looks++ < 3) throw throttled();
        return looks > 4 ? { exitCode: 0, reason: "done" } : undefined;
      },
      generation: async () => 4,
      connect: {
        isOn: async () => true,
        set: async (isOn) => void done.push(isOn ? "on" : "off"),
      },
      again: "exos fleet load syd",
      clock: { sleep: async () => undefined },
      say: () => undefined,
    },
  );
  expect([outcome.state, ...done]).toEqual(["ended", "off", "on"]);
});
