import { type DynamoItem, textOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { TIP_KEY } from "./dynamo-tip.ts";

/** Which chain is ours, and what follows from it; headers and bodies are facts and stay. */
const OF_CHAIN = /^(F#|X#|S#|CAND$)/;
const PARTS = 4;

/**
 * Forget which chain a city follows, so that a loaded set becomes its first tip: the tip, then what
 * is frozen, packed or a candidate, then every verdict. Killed anywhere, it is run again. Blocks of
 * forgotten segments are downloaded again.
 *
 * @param chain the table `chain`
 * @source cloud.md 5.4 `--refill`
 */
export async function forgetChain(chain: DynamoTable): Promise<void> {
  await chain.delete(TIP_KEY);
  await Promise.all(Array.from({ length: PARTS }, (_, part) => forgetPart(chain, part)));
}

async function forgetPart(chain: DynamoTable, segment: number): Promise<void> {
  for await (const page of chain.scan({ segment, of: PARTS })) {
    for (const item of page) await forgetItem(chain, item);
  }
}

async function forgetItem(chain: DynamoTable, item: DynamoItem): Promise<void> {
  const name = textOf(item, "pk");
  if (OF_CHAIN.test(name)) await chain.delete(keyOf(item));
  else if (name.startsWith("H#") && item["bad"] !== undefined) {
    await chain.update(keyOf(item), { text: "REMOVE #bad, #until" });
  }
}

function keyOf({ pk, sk }: DynamoItem): DynamoItem {
  if (pk === undefined || sk === undefined) throw new RangeError("an item of the table has a key");
  return { pk, sk };
}
