import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DynamoEndpoint, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { vectorsPath } from "../support/vectors.ts";
import { CITY_CHAINS, followTwice } from "./city-chain-scenario.ts";

/** All of it is followed by `npm run long -- city-chains`. */
const BLOCKS = 64;

let tables: DynamoEndpoint;
let buckets: FauxqsEndpoint;
beforeAll(async () => {
  [tables, buckets] = await Promise.all([openDynamoEndpoint(), openFauxqsEndpoint()]);
});
afterAll(() => Promise.all([tables[Symbol.asyncDispose](), buckets[Symbol.asyncDispose]()]));

describe.each(CITY_CHAINS)("the first blocks of $file", (chain) => {
  it.skipIf(vectorsPath(chain.file) === undefined)(
    "end in a city where they end embedded, with the same coins, headers and bodies",
    async () => {
      const ends = await followTwice({ ...chain, blocks: BLOCKS }, { tables, buckets });
      expect(ends.embedded).toMatchObject(ends.wanted);
      expect(ends.city).toEqual(ends.embedded);
    },
  );
});
