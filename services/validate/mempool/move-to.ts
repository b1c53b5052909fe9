import { decodeBlock } from "#shared/codec/decode-block.ts";
import { coinKind } from "#shared/consensus/coin-kind.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { PoolMember } from "#shared/consensus/policy/pool-graph.ts";
import { createTurns } from "#shared/ports/turns.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isOnChain } from "../tip-view.ts";
import type { MempoolDeps } from "./deps.ts";
import type { Place } from "./newcomer.ts";
import type { Orphans } from "./orphans.ts";
import type { PoolTable } from "./pool-table.ts";
import { readPath } from "./read-path.ts";

/** The pool that moves, and how one transaction enters it on the new tip. */
export interface Moving {
  readonly deps: MempoolDeps;
  readonly table: PoolTable;
  readonly orphans: Orphans;
  /** @returns whether it is in the pool now */
  reenter(
    tx: HashedTransaction,
    handling: { readonly wasMined: boolean; readonly time: UnixSeconds },
  ): Promise<boolean>;
}

/** What became of transactions on the way. */
export interface Moved {
  /** In blocks that are on the chain now. */
  readonly mined: ReadonlySet<HashHex>;
  /** In blocks that are not any more, and in the pool again. */
  readonly freed: readonly HashHex[];
}

/**
 * Bring the pool from one tip to another: without what was mined or became impossible; after a
 * reorganisation with what that freed, and every member judged again, since any of them may spend
 * what is gone, too young or locked on the new chain.
 *
 * @source MempoolSignaled.cs, BlocksDisconnectedSignaled.cs (EXOSFullNode e61c2e61); exos-l1.md 6.3
 */
export async function moveTo(place: Place, from: HeaderRecord, moving: Moving): Promise<Moved> {
  const { deps, table, orphans } = moving;
  await table.sink();
  const mined = new Set<HashHex>();
  const isEmpty = table.graph.count === 0 && orphans.count === 0;
  // As while a chain is downloaded: nothing waits, and nothing is freed.
  if (isEmpty && (await isOnChain(from, place.tip, deps))) return { mined, freed: [] };
  const path = await readPath(from, place.tip, deps);
  // Where the way is not known block by block, the coins tell what is left of each member.
  let isKnown = path !== undefined && path.disconnected.length === 0;
  for (const hash of path?.connected ?? []) {
    const transactions = await readTransactions(hash, deps);
    isKnown &&= transactions !== undefined;
    await removeMined(transactions ?? [], moving);
    for (const { txid } of transactions ?? []) mined.add(toHashHex(txid));
  }
  if (isKnown) return { mined, freed: [] };

  const loose: HashedTransaction[] = [];
  for (const hash of path?.disconnected ?? []) {
    for (const tx of (await readTransactions(hash, deps)) ?? []) {
      // What the new chain holds too is refused as known, or with what it spends.
      if (coinKind(tx, deps.network.consensus) === "ordinary") loose.push(tx);
    }
  }
  const freed = await judgeAgain(loose, moving);
  deps.log.info("mempool: judged again after a reorganisation", {
    freed: freed.length,
    count: table.graph.count,
  });
  return { mined, freed };
}

/**
 * Judge every member by the tip as it is now, after transactions that are in no block any more.
 *
 * @returns which of `loose` are in the pool
 */
export async function judgeAgain(
  loose: readonly HashedTransaction[],
  { deps, table, reenter }: Moving,
): Promise<HashHex[]> {
  const turn = createTurns(deps);
  const members = table.reset();
  const freed: HashHex[] = [];
  for (const tx of loose) {
    const isBack = await reenter(tx, { wasMined: true, time: deps.clock.now() });
    if (isBack) freed.push(toHashHex(tx.txid));
    await turn();
  }
  const lost: PoolMember[] = [];
  for (const member of members) {
    const isBack = await reenter(member.tx, { wasMined: false, time: member.time });
    if (!isBack) lost.push(member);
    await turn();
  }
  table.show();
  await table.leave(lost.reverse());
  await table.limit();
  return freed;
}

/** Take out what a block holds, and what spends the same. */
async function removeMined(
  transactions: readonly HashedTransaction[],
  { table, orphans }: Pick<Moving, "table" | "orphans">,
): Promise<void> {
  for (const tx of transactions) {
    const txid = toHashHex(tx.txid);
    orphans.remove(txid);
    const member = table.graph.get(txid);
    if (member !== undefined) await table.leaveMined(member);
    const rivals = new Set<PoolMember>();
    for (const { prevout } of tx.inputs) {
      const rival = table.graph.spenderOf(prevout);
      if (rival !== undefined) rivals.add(rival);
    }
    if (rivals.size > 0) await table.leave(table.graph.withDescendants(rivals));
  }
}

/** @returns `undefined` where the body is not kept */
async function readTransactions(
  hash: HashHex,
  { blocks, network }: Pick<MempoolDeps, "blocks" | "network">,
): Promise<readonly HashedTransaction[] | undefined> {
  const bytes = await blocks.get(hash);
  const decoded = bytes === undefined ? undefined : decodeBlock(bytes, network.consensus.wire);
  return decoded?.ok === true ? decoded.value.transactions : undefined;
}
