import type { Tip } from "#shared/coins/tip.ts";
import { type TickHint, tickHint } from "#shared/messages/tick-hint.ts";
import { type TipHint, tipHint } from "#shared/messages/tip-hint.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Cursors } from "#shared/ports/cursors.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";

export interface TickDeps {
  readonly coins: Pick<CoinStore, "tip">;
  readonly headers: Pick<HeaderStore, "candidates">;
  readonly cursors: Pick<Cursors, "get">;
  readonly notice: TipNotice;
  readonly connect: WorkQueue<TickHint>;
  readonly follow: WorkQueue<TipHint>;
}

/** Who has to come along with the tip. */
const FOLLOWERS = ["index", "mempool"] as const;

/**
 * Find what no hint will bring: a candidate that outweighs the tip, a follower that lags, a notice
 * that whoever committed died before writing. A city that stands still costs one read each.
 * @returns the tip; `undefined` in an empty city
 * @source cloud.md 2, 4.2
 */
export async function tick(deps: TickDeps): Promise<Tip | undefined> {
  const tip = await deps.coins.tip();
  if (tip === undefined) return undefined;
  const waiting = await deps.headers.candidates(tip.work, 1);
  if (waiting.length > 0) await deps.connect.send(tickHint());

  const noticed = await deps.notice.read();
  const isUnnoticed = noticed === undefined || noticed.rev < tip.rev;
  if (isUnnoticed) await deps.notice.put(tip);
  // Who died before the notice did not publish either.
  if (isUnnoticed || (await someoneLags(tip, deps))) await deps.follow.send(tipHint(tip));
  return tip;
}

async function someoneLags(tip: Tip, { cursors }: Pick<TickDeps, "cursors">): Promise<boolean> {
  const at = await Promise.all(FOLLOWERS.map((follower) => cursors.get(follower)));
  return at.some((cursor) => cursor?.hash !== tip.hash);
}
