import type { DynamoItem } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** Every item of a table once, in no order, read by so many at a time. */
export async function* scanAll(
  table: Pick<DynamoTable, "scan">,
  segments: number,
): AsyncGenerator<DynamoItem> {
  const parts = Array.from({ length: segments }, (_, segment) =>
    table.scan({ segment, of: segments }),
  );
  const next = async (part: (typeof parts)[number]) => ({ part, page: await part.next() });
  const waiting = new Map(parts.map((part) => [part, next(part)]));
  while (waiting.size > 0) {
    const { part, page } = await Promise.race(waiting.values());
    if (page.done === true) waiting.delete(part);
    else {
      const ahead = next(part);
      // Heard when it is waited for; until then, and when nobody reads on, a fault is none of ours.
      ahead.catch(() => undefined);
      waiting.set(part, ahead);
      yield* page.value;
    }
  }
}
