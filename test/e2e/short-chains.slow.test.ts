import { describe, expect, it } from "vitest";
import { replayChain } from "../support/chain-scenario.ts";
import { SHORT_CHAINS } from "../support/recorded-chains.ts";
import { vectorsPath } from "../support/vectors.ts";

/** The longest of them is replayed by `npm run long -- chains`: half the time of all three. */
const QUICK = SHORT_CHAINS.filter(({ file }) => file !== "exos-regtest/chain.dat");

describe.each(QUICK)("the recorded chain $file", (chain) => {
  const path = vectorsPath(chain.file);

  it.skipIf(path === undefined)(
    "is the same after import, export, reorganisation, restart and snapshot",
    async () => {
      const steps: string[] = [];
      await replayChain(chain, path ?? "", { onStep: (step) => void steps.push(step) });
      expect(steps).toHaveLength(6);
    },
  );
});
