import { genesisTip, type Tip } from "#shared/coins/tip.ts";
import { cutView, type View } from "#shared/coins/view.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { isReorgAllowed } from "#shared/consensus/reorg-limit.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { ValidateDeps } from "./deps.ts";
import { carryTotals } from "./tip-totals.ts";

/**
 * The committed tip, read strongly; on an empty store, genesis is made the tip first. A city that ever
 * told of a tip is not empty: it forgot its chain, half of which may still be there, and only the load
 * that goes on with forgetting makes its next tip.
 *
 * @throws StoreFault `EXOS-E8137`, retryable, in such a city
 * @source cloud.md 5.4 `--refill`
 */
export async function readTip(
  deps: Pick<ValidateDeps, "headers" | "blocks" | "coins" | "network" | "shared">,
): Promise<Tip> {
  const tip = await deps.coins.tip();
  if (tip !== undefined) return tip;
  if ((await deps.shared?.notice.read()) !== undefined) {
    throw new StoreFault(
      "The city forgot its chain and has no tip until it is loaded. If no load is under way, run `exos fleet load <city>`.",
      { retryable: true, code: "EXOS-E8137" },
    );
  }
  const { raw } = deps.network.consensus.genesis;
  const record = genesisRecord(deps.network);
  // In a city the peer process stores it, and whoever connects may write no body.
  if ((await deps.headers.get(record.hash))?.checked !== true) {
    await deps.headers.put(record);
    await deps.blocks.put(record.hash, raw);
    await deps.headers.setBodySize(record.hash, raw.length);
    await deps.headers.setChecked(record.hash);
  }
  await deps.coins.commit(0, await carryTotals(genesisTip(record), undefined, deps));
  const made = await deps.coins.tip();
  if (made === undefined) throw new RangeError("the first tip was committed and is not there");
  return made;
}

/** Whether a block is on the tip's chain. */
export async function isOnChain(
  record: Pick<HeaderRecord, "hash" | "height">,
  tip: Tip,
  deps: Pick<ValidateDeps, "coins">,
): Promise<boolean> {
  return (await activeHashAt(record.height, tip, deps.coins)) === record.hash;
}

/** The tip's chain as it stood at one of its blocks, at or above `final`. */
export function viewAt(tip: Tip, at: Pick<HeaderRecord, "height" | "hash" | "work">): View {
  return at.hash === tip.hash ? tip : cutView(tip, at);
}

/** The record of a block that a store names. @throws StoreFault when the store has lost it */
export async function knownHeader(
  hash: HashHex,
  { headers }: Pick<ValidateDeps, "headers">,
): Promise<HeaderRecord> {
  const stored = await headers.get(hash);
  if (stored !== undefined) return stored.record;
  throw new StoreFault(`The header ${hash} is missing. Run \`exos repair --from blocks\`.`, {
    retryable: false,
    code: "EXOS-E1004",
  });
}

/**
 * Where the branch that ends in `from` leaves the tip's chain.
 *
 * @returns `undefined` when that is below `final`: such a branch is never followed
 * @source exos-l1.md 3.7
 */
export async function findFork(
  from: HeaderRecord,
  tip: Tip,
  deps: Pick<ValidateDeps, "coins" | "headers">,
): Promise<HeaderRecord | undefined> {
  let at = from;
  while (isReorgAllowed(at.height, tip.final)) {
    if (await isOnChain(at, tip, deps)) return at;
    if (at.height === 0) return undefined;
    const far = await knownHeader(at.skip, deps);
    const near = far.height < tip.final || (await isOnChain(far, tip, deps));
    at = near ? await knownHeader(toHashHex(at.header.prev), deps) : far;
  }
  return undefined;
}
