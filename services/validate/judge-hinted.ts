import { acceptedHint } from "#shared/messages/accepted-hint.ts";
import type { BadHint } from "#shared/messages/bad-hint.ts";
import { badHint } from "#shared/messages/bad-hint.ts";
import type { PoolVerdict } from "#shared/ports/mempool.ts";
import type { RawTransactions } from "#shared/ports/raw-transactions.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Delivery, WorkQueue } from "#shared/ports/work-queue.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { lazy } from "#shared/primitives/lazy.ts";
import type { MempoolDeps } from "./mempool/deps.ts";
import { createMempool, type MempoolService } from "./mempool.ts";

/** What judging transactions by hints asks for. */
export interface PoolDeps extends MempoolDeps {
  /** Bytes that wait to be judged. */
  readonly raw: Pick<RawTransactions, "get">;
  /** Tells whoever talks to peers what was refused. */
  readonly announce: WorkQueue<BadHint>;
}

/** Deliveries after which a parent that has not come will not be waited for. @source cloud.md 2 */
const ATTEMPTS_MAX = 3;

/** Codes that say nothing against whoever sent the transaction: it is here already. */
const KNOWN: ReadonlySet<string> = new Set(["txn-already-in-mempool", "txn-already-known"]);

/** Judges the transaction of one hint; throws StoreFault when it has to come again. */
export type PoolRun = (txid: HashHex, delivery: Delivery) => Promise<PoolVerdict | undefined>;

/**
 * Runs over the pool of a city, which others write at the same time: it is read for a run, and again
 * for the next only if tip or pool are not what they were. Who follows the chain keeps it on its tip.
 */
export function openPoolRuns(deps: PoolDeps): () => PoolRun {
  let held: MempoolService | undefined;
  return () => {
    const reading = lazy(async () => {
      const isCurrent = held !== undefined && (await held.isCurrent());
      held = isCurrent ? held : undefined;
      held ??= createMempool({ ...deps, kept: { by: "else" } });
      return held;
    });
    return (txid, delivery) => judgeHinted(txid, delivery, { ...deps, mempool: reading });
  };
}

async function judgeHinted(
  txid: HashHex,
  { attempt, group: peer }: Delivery,
  { raw, announce, accepted, mempool }: Pick<PoolDeps, "raw" | "announce" | "accepted"> & Reading,
): Promise<PoolVerdict | undefined> {
  const bytes = await raw.get(txid);
  // Its time is over; whoever wants it judged announces it again.
  if (bytes === undefined) return undefined;
  const source = peer === undefined ? "local" : "peer";
  const verdict = await (await mempool()).accept(bytes, { source });
  if (verdict.state === "orphan" && attempt < ATTEMPTS_MAX) {
    // No process keeps orphans here: the queue does, while their parents may still come.
    throw new StoreFault(`The transaction ${txid} waits for its parents.`, { retryable: true });
  }
  // Whoever let it in may have died before he told of it, and nobody else tells peers.
  if (attempt > 1 && isPooled(verdict)) await accepted.send(acceptedHint(txid));
  const code = codeOf(verdict);
  if (code !== undefined) await announce.send(badHint({ hash: txid, code, peer }));
  return verdict;
}

/** Whether it was there before. */
function isPooled(verdict: PoolVerdict): boolean {
  return verdict.state === "refused" && verdict.error.code === "txn-already-in-mempool";
}

interface Reading {
  readonly mempool: () => Promise<MempoolService>;
}

/** Why a transaction is refused; `undefined` where there is nothing to tell a peer for. */
function codeOf(verdict: PoolVerdict): string | undefined {
  switch (verdict.state) {
    case "accepted":
      return undefined;
    case "undecodable":
      return "undecodable";
    case "orphan":
    case "refused":
      return KNOWN.has(verdict.error.code) ? undefined : verdict.error.code;
  }
}
