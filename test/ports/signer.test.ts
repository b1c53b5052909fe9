import { describe } from "vitest";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemorySigner } from "#shared/adapters/embedded/memory-signer.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { KNOWN_WORDS } from "../support/wallet-vectors.ts";
import { signerContract } from "./signer.contract.ts";

const NOW = unixSeconds(1_600_000_000);
const PASSWORD = "pässword";

describe("memory signer", () => {
  signerContract(async () => {
    const clock = createManualClock(NOW);
    const signer = createMemorySigner({
      secret: { kind: "words", words: KNOWN_WORDS, extraWord: "" },
      scheme: "exos-105",
      password: PASSWORD,
      network: exosRegtest,
      clock,
    });
    return { signer, password: PASSWORD, clock };
  });
});
