import type { Tip } from "#shared/coins/tip.ts";
import { tipHint } from "#shared/messages/tip-hint.ts";
import type { ValidateDeps } from "./deps.ts";

/**
 * Tell whoever polls and whoever follows that this tip was committed. Dying here costs time: the
 * tick compares both with the tip itself.
 *
 * @source cloud.md 4.2 `commit`
 */
export async function announceTip(
  tip: Tip,
  { shared, follow }: Pick<ValidateDeps, "shared" | "follow">,
): Promise<void> {
  await shared?.notice.put(tip);
  await follow.send(tipHint(tip));
}
