import type { Cursors } from "#shared/ports/cursors.ts";
import { withTip } from "#shared/ports/with-tip.ts";
import type { MempoolDeps } from "./mempool/deps.ts";
import { createMempool } from "./mempool.ts";

/** What bringing a city's pool to its tip asks for. */
export interface PoolFollowDeps extends MempoolDeps {
  readonly cursors: Pick<Cursors, "get" | "set">;
}

/**
 * Bring the pool from the tip where it was left to the tip of now, as often as asked: without what a
 * block mined or made impossible, with what a reorganisation freed, and without what is too old.
 *
 * @param hintedRev of the tip that a hint told of
 * @source cloud.md 2, 3.3
 */
export async function followWithPool(deps: PoolFollowDeps, hintedRev?: number): Promise<void> {
  const cursor = await deps.cursors.get("mempool");
  const stored = cursor === undefined ? undefined : await deps.headers.get(cursor.hash);
  const mempool = createMempool({
    ...deps,
    coins: withTip(deps.coins, () => deps.coins.tip(hintedRev)),
    ...(stored === undefined ? {} : { kept: { by: "us", at: stored.record } }),
  });
  await mempool.follow();
  await mempool.sweep();
  const tip = mempool.followed();
  if (tip === undefined || tip.hash === cursor?.hash) return;
  // Last: what it names is done.
  const { rev, height, hash } = tip;
  await deps.cursors.set("mempool", { rev, height, hash, generation: 0 });
}
