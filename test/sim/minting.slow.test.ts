import { describe, expect, it } from "vitest";
import { runMinting, TWO_HOURS } from "./minting-run.ts";

/** Two hours take ten seconds of a busy machine: `npm run long -- minting` plays them whole. */
const SLOTS = Math.floor(TWO_HOURS / 4);

describe("minting in virtual time", () => {
  it.each([1])("keeps supply, chances and one chain over half an hour, seed %i", async (seed) => {
    const run = await runMinting(seed, SLOTS);
    expect({ seed, failures: run.failures }).toEqual({ seed, failures: [] });
    expect(run.found, `seed ${seed}`).toBeGreaterThan(40);
    expect(run.sent, `seed ${seed}`).toBeGreaterThan(40);
    expect(run.reorgs, `seed ${seed}`).toBeGreaterThan(0);
    expect(run.split, `seed ${seed}`).toBeGreaterThan(0);
  });
});
