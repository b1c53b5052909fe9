import { tmpdir } from "node:os";
import type { SortItems } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { sortedItems } from "#shared/adapters/embedded/sorted-items.ts";

/** What a scan found, in order, as the disk of a task would have it. */
export const sortHere: SortItems = (items) => sortedItems(items, { folder: tmpdir() });
