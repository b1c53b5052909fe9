import { expect, it } from "vitest";
import { oneWrite, reorgsOnTables } from "../../support/aws/reorgs-on-tables.ts";

/** The deep ones are in the slow suite. @source cloud.md 16, bar 3 */
it("a reorganisation over tables is one write of the tip and no delete", async () => {
  for await (const seen of reorgsOnTables([1, 2, 5])) expect(seen).toEqual(oneWrite(seen.depth));
});
