import { describe, expect, it } from "vitest";
import { WAVES } from "#regions/fleet.ts";
import { tell } from "#services/cli/fleet/bring-release.ts";
import type { DeployState } from "#services/cli/fleet/deploy-state.ts";
import { refusedFailure } from "#services/cli/fleet/refuse-held.ts";

const STATE: DeployState = {
  ...{ v: 1, operator: "anna", until: 9, version: "v3", leaves: null, phase: "deploying" },
  ...{ waves: [["syd"], ["lon", "sin"]], at: 1, before: {}, raised: {}, given: {}, tries: {} },
  ...{ bakeFrom: 0, reason: null },
};
const EVERY = WAVES.map((wave) => wave.map(({ code }) => code));
const MACHINES = WAVES[3]?.map(({ code }) => code) ?? [];

describe("the command that goes on with an order", () => {
  it.each<readonly [string, Partial<DeployState>, "prod" | "local", string]>([
    ["some cities", {}, "prod", "deploy --city syd,lon,sin"],
    ["a rollback", { leaves: "v4" }, "prod", "rollback --city syd,lon,sin"],
    ["all cities", { waves: EVERY }, "prod", "deploy --release-key FILE"],
    [
      "machines",
      { waves: [MACHINES], at: 0 },
      "prod",
      `deploy --city ${MACHINES.join(",")} --release-key FILE`,
    ],
    ["another environment", { waves: [["loc"]] }, "local", "deploy --environment local"],
  ])("of somebody else names %s", (_, some, fleet, words) => {
    const { message } = refusedFailure({ ...STATE, ...some }, fleet);
    expect(message).toContain(`: \`exos fleet ${words}\` goes on with it when he is gone`);
  });

  it.each<readonly [Readonly<Record<string, string>>, string | null, string]>([
    [{}, null, "deploy --release v3"],
    [{ wave: "1", abandon: "1" }, null, "deploy --wave 1 --release v3"],
    [{ city: "syd,lon", bake: "60" }, "v4", "rollback --city syd,lon --bake 60"],
    [
      { environment: "test", wave: "3", "release-key": "key.pem" },
      "v4",
      "rollback --environment test --wave 3 --release-key key.pem",
    ],
  ])("that kept a wave repeats where it was meant for: %j, %s", (options, leaves, words) => {
    const deployed: DeployState = { ...STATE, leaves, phase: "kept" };
    const none = () => undefined;
    const terminal = { out: none, err: none, log: none, status: none, interactive: false };
    const context = { terminal, json: false, options };
    const outcome = { state: "kept", wave: ["lon"], reason: "behind", deployed } as const;
    expect(() => tell(outcome, context)).toThrow(`behind; \`exos fleet ${words}\` goes on`);
  });
});
