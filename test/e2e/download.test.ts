import { expect, it } from "vitest";
import { vectorsPath } from "../support/vectors.ts";
import { downloadAndGoOn } from "./download-scenario.ts";

/** All of the chain is downloaded in a slow suite. */
const HEIGHT = 600;
const TIP = "4ce925ef7459c70ff70678e4c769a4819c34100cfb15e0cd3bf5a7786919021f";

it.skipIf(vectorsPath("exos-regtest/chain.dat") === undefined)(
  "the chain that one node serves is downloaded by another, and then both go on together",
  async () => {
    expect(await downloadAndGoOn(HEIGHT)).toBe(TIP);
  },
);
