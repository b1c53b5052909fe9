import { describe, expect, it } from "vitest";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { entropyContract } from "./entropy.contract.ts";

describe("system entropy", () => entropyContract(createSystemEntropy));

describe("seeded entropy", () => {
  entropyContract(() => createSeededEntropy("seed"));

  it("gives the same bytes for the same seed, however they are asked for", () => {
    const whole = createSeededEntropy("a").bytes(100);
    const parts = createSeededEntropy("a");
    expect(Uint8Array.of(...parts.bytes(33), ...parts.bytes(67))).toEqual(whole);
    expect(createSeededEntropy("b").bytes(100)).not.toEqual(whole);
  });
});
