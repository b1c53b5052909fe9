import { expect, it } from "vitest";
import { oneWrite, reorgsOnTables } from "../../support/aws/reorgs-on-tables.ts";

const DEPTHS = [1, 2, 64, 65];

/** Across the border of a frozen group; as deep as the limit: `reorg-writes.test.ts`. @source cloud.md 16, bar 3 */
it(`reorganisations of depth ${DEPTHS.join(", ")} over tables are one write each`, async () => {
  const depths: number[] = [];
  for await (const seen of reorgsOnTables(DEPTHS)) {
    expect(seen).toEqual(oneWrite(seen.depth));
    depths.push(seen.depth);
  }
  expect(depths).toEqual(DEPTHS);
}, 600_000);
