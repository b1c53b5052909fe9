import type { Tip } from "#shared/coins/tip.ts";
import { FROZEN_GROUP, type FrozenGroup } from "#shared/coins/view.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { type ConfirmDeps, confirmSet } from "./confirm-set.ts";
import { type Held, type HoldDeps, holdLease } from "./hold-lease.ts";
import type { ReplayedSet } from "./replay-chain.ts";
import type { PreparedChain } from "./run-load.ts";

/** What taking up a replay needs: the city in use, and a place to judge its chain. */
export interface ResumeDeps extends ConfirmDeps, HoldDeps {
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
  readonly replay: PreparedChain["replay"];
  readonly log: ConfirmDeps["log"] & HoldDeps["log"];
}

/** How it ended. */
export type ResumeOutcome =
  | { readonly state: "confirmed" }
  /** What the city uses was judged, or refuted, by then. */
  | { readonly state: "settled" }
  | Exclude<Held<unknown>, { readonly state: "done" }>;

/** Groups of hashes that are asked for at a time. */
const GROUPS_AT_ONCE = 64;

/**
 * Replay the chain below the snapshot that a city began with, where the load that should have done it
 * was killed. A load that is at it still is left to it.
 *
 * @throws StoreFault `EXOS-E8134` when the replay refutes the snapshot; others when the world failed
 * @source cloud.md 5.4 "Trust"
 */
export async function resumeReplay(deps: ResumeDeps, signal: AbortSignal): Promise<ResumeOutcome> {
  const { leases, clock } = deps;
  if ((await leases.holder("load", clock.now())) !== undefined) return { state: "held" };
  const held = await holdLease("replay", deps, (end) => resume(deps, end), signal);
  return held.state === "done" ? { state: held.value } : held;
}

async function resume(deps: ResumeDeps, signal: AbortSignal): Promise<"confirmed" | "settled"> {
  const { coins, generations, log } = deps;
  const tip = await coins.tip();
  const note = tip && (await generations.get(tip.gen));
  if (tip === undefined || note?.assumed !== true || note.refuted) return "settled";
  const { digest } = note;
  if (digest === undefined) throw lacking(`the digest of generation ${tip.gen}`);
  const chain = await chainBelow(tip, coins);
  log.info("replay taken up", { generation: tip.gen, height: tip.floor });
  await confirmSet({ ...chain, generation: tip.gen, digest }, deps, deps, signal);
  return "confirmed";
}

/** Hashes of the chain up to the block whose set the tip's generation began with. */
async function chainBelow(tip: Tip, coins: ResumeDeps["coins"]): Promise<ReplayedSet> {
  const { floor } = tip;
  const groups = Math.floor((floor + 1) / FROZEN_GROUP);
  const frozen: FrozenGroup[] = [];
  for (let first = 0; first < groups; first += GROUPS_AT_ONCE) {
    const count = Math.min(GROUPS_AT_ONCE, groups - first);
    const part = Array.from({ length: count }, (_, at) => groupAt(first + at, tip, coins));
    frozen.push(...(await Promise.all(part)));
  }
  const win: HashHex[] = [];
  for (let at = groups * FROZEN_GROUP; at <= floor; at++) win.push(await hashAt(at, tip, coins));
  return { frozen, win, at: { height: floor, hash: await hashAt(floor, tip, coins) } };
}

async function groupAt(
  group: number,
  tip: Tip,
  coins: Pick<CoinStore, "frozen">,
): Promise<FrozenGroup> {
  const from = group * FROZEN_GROUP - tip.base;
  const hashes = from < 0 ? await coins.frozen(group) : tip.win.slice(from, from + FROZEN_GROUP);
  if (hashes === undefined) throw lacking(`the hashes of group ${group}`);
  return { group, hashes };
}

async function hashAt(at: number, tip: Tip, coins: Pick<CoinStore, "frozen">): Promise<HashHex> {
  const hash = await activeHashAt(at, tip, coins);
  if (hash === undefined) throw lacking(`the hash at ${at}`);
  return hash;
}

function lacking(what: string): StoreFault {
  return new StoreFault(`Replay: the city does not know ${what}.`, {
    retryable: false,
    code: "EXOS-E1004",
  });
}
