import type { Forgetting } from "#shared/ports/forgetting.ts";
import type { DynamoExpression } from "./dynamo-expression.ts";
import { type DynamoItem, numeric, textOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { TIP_KEY } from "./dynamo-tip.ts";
import { segmentKey } from "./segment-items.ts";

const PARTS = 4;

/**
 * Forget which chain a city follows, so that a loaded set becomes its first tip: the tip, then the
 * segments above the set, the candidates, and every verdict. Killed anywhere, it is run again.
 *
 * Nothing goes that a load which began meanwhile has written: each look is followed by the question
 * whether one began, and what goes is what was seen, or is left. What a chain needs is not deleted at
 * all: `F#` is written again before a tip names it, an entry of `X#` is compared with the block at its
 * height, and `S#` below the set is declared anew where it is of other blocks.
 *
 * @param chain the table `chain`
 * @returns whether the tip was still that one; otherwise nothing went
 * @throws what `expectOurs` throws
 * @source cloud.md 0 rule 2, 5.4 `--refill`
 */
export async function forgetChain(chain: DynamoTable, what: Forgetting): Promise<boolean> {
  const { rev } = what;
  if (rev !== undefined) {
    const condition = { text: "#rev = :rev", values: { rev: numeric(rev) } };
    if (!(await chain.delete(TIP_KEY, condition))) return false;
  }
  await Promise.all(Array.from({ length: PARTS }, (_, part) => forgetPart(chain, part, what)));
  return true;
}

async function forgetPart(
  chain: DynamoTable,
  segment: number,
  { segmentsFrom, expectOurs }: Forgetting,
): Promise<void> {
  const first = textOf(segmentKey(segmentsFrom), "pk");
  for await (const page of chain.scan({ segment, of: PARTS })) {
    await expectOurs();
    for (const item of page) await forgetItem(chain, item, first);
  }
}

async function forgetItem(chain: DynamoTable, item: DynamoItem, first: string): Promise<void> {
  const name = textOf(item, "pk");
  // Six digits each: they are in the order of their names.
  if (name.startsWith("S#") && name >= first) await chain.delete(keyOf(item), asSeen(item, "sha"));
  else if (name === "CAND") await chain.delete(keyOf(item), asSeen(item, "exp"));
  else if (name.startsWith("H#") && item["bad"] !== undefined) {
    const change = { text: "REMOVE #bad, #until" };
    await chain.update(keyOf(item), change, asSeen(item, "bad"));
  }
}

/** While an attribute is as it was read. */
function asSeen(item: DynamoItem, name: string): DynamoExpression {
  const value = item[name];
  if (value === undefined) return { text: `attribute_not_exists(#${name})` };
  return { text: `#${name} = :seen`, values: { seen: value } };
}

function keyOf({ pk, sk }: DynamoItem): DynamoItem {
  if (pk === undefined || sk === undefined) throw new RangeError("an item of the table has a key");
  return { pk, sk };
}
