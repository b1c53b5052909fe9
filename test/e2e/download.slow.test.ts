import { expect, it } from "vitest";
import { vectorsPath } from "../support/vectors.ts";
import { downloadAndGoOn } from "./download-scenario.ts";

/** Of more headers than one message holds. */
const HEIGHT = 3_121;
const TIP = "7966af0ce161135443815c6f21fb271b330afbc599aca9877270dc0d5bc9583b";

it.skipIf(vectorsPath("exos-regtest/chain.dat") === undefined)(
  "the recorded chain is downloaded to its tip from another node, and then both go on together",
  async () => {
    expect(await downloadAndGoOn(HEIGHT)).toBe(TIP);
  },
);
