import { describe, expect, it } from "vitest";
import { type Faults, killAndGoOn } from "../../support/deploying-fleet.ts";

describe("a deployment of all kinds of cities", () => {
  it.each<readonly [string, Faults, readonly [string, string]]>([
    ["that goes well", { fresh: "lon" }, ["2222", "done"]],
    ["that is rolled back", { unready: "ams" }, ["2211", "failed"]],
  ])("killed at any call, %s, ends where it would have", async (name, faults, ending) => {
    const kills = await killAndGoOn(faults, { step: 1, ending });
    process.stdout.write(`a deployment ${name}: killed at ${kills} calls, and gone on\n`);
    expect(kills).toBeGreaterThan(200);
  });
});
