import type { Tip } from "#shared/coins/tip.ts";
import { isBetterTip } from "#shared/consensus/compare-work.ts";
import type { Verdict } from "#shared/consensus/verdict.ts";
import { badHint } from "#shared/messages/bad-hint.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { createTurns } from "#shared/ports/turns.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { type BadBlock, Branch } from "./branch.ts";
import { readCandidatePath } from "./candidate-path.ts";
import type { ValidateDeps } from "./deps.ts";
import { isLeftToLoad } from "./is-left-to-load.ts";
import { judgeArrival } from "./judge-arrival.ts";
import { isPoison } from "./poison.ts";
import { readKernelCoin } from "./read-coins.ts";
import { readStoredBody } from "./stored-body.ts";
import { findFork, isOnChain, readTip } from "./tip-view.ts";

/** Blocks of one commit. @source cloud.md 4.2 */
export const COMMIT_BLOCKS = 32;
/** Candidates that are looked at in one run. @source cloud.md 3.1 */
const CANDIDATES_MAX = 64;
/** Lost races in a row after which somebody else had better do it. */
const LOST_MAX = 8;

/** When to stop before everything is connected. */
export interface ConnectOptions {
  /** `Clock.elapsedMs` after which no further block is begun. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** The tip as it was just read. */
  readonly from?: Tip;
  /** Whatever asked for this asked before, and nobody knows how that ended. */
  readonly isRepeated?: boolean;
}

/** Where the chain ends now. */
export interface ConnectResult {
  readonly tip: Tip;
  /** Work is left over: somebody should hint again. */
  readonly more: boolean;
}

/**
 * Follow the heaviest branch whose blocks are all here and valid, up to it. Safe to repeat, to run
 * twice at once, and to kill anywhere: only the commit is seen, and of two only one wins.
 *
 * @throws StoreFault when the world failed; what was committed stays
 * @source cloud.md 4.2
 */
export async function connectCandidates(
  deps: ValidateDeps,
  options: ConnectOptions = {},
): Promise<ConnectResult> {
  const tried = new Set<HashHex>();
  let lost = 0;
  let tip = options.from ?? (await readTip(deps));
  for (;;) {
    if (isOver(deps, options)) return { tip, more: true };
    const candidates = await deps.headers.candidates(tip.work, CANDIDATES_MAX);
    const next = candidates.find(({ hash }) => !tried.has(hash));
    if (next === undefined) return { tip, more: false };
    const followed = await followMeasured(next.hash, tip, { deps, options });
    const { outcome } = followed;
    if (outcome === "loading") return { tip, more: false };
    tip = outcome === "lost" ? await readTip(deps) : followed.tip;
    if (outcome === "lost" && ++lost >= LOST_MAX) return { tip, more: true };
    if (outcome !== "lost") lost = 0;
    const isDone = (hash: HashHex) => outcome === "done" && hash === next.hash;
    // A run of blocks may have come as a candidate each; the last of them connected them all.
    const over = candidates.filter(({ hash, work }) => work <= tip.work || isDone(hash));
    for (const { hash } of over) await deps.headers.dropCandidate(hash);
    // What could not be followed to its end now is left; the next hint looks at it again. What is done
    // may stay as well, where its header went before it.
    if (outcome === "left" || outcome === "done") tried.add(next.hash);
  }
}

function isOver({ clock }: ValidateDeps, { deadlineMs, signal }: ConnectOptions): boolean {
  return signal?.aborted === true || (deadlineMs !== undefined && clock.elapsedMs() >= deadlineMs);
}

/** What became of one candidate: never again, not now, on from here, or from another tip. */
type Outcome = "done" | "left" | "again" | "lost" | "stopped" | "loading";

/** The same, and the tip as this run left it. */
interface Followed {
  readonly outcome: Outcome;
  readonly tip: Tip;
}

const OUTCOME_OF = {
  leaf: "done",
  missing: "left",
  bad: "done",
  // Its time comes, and no hint with it: the candidate stays, and the tick finds it.
  early: "left",
  long: "again",
} as const;

interface Run {
  readonly deps: ValidateDeps;
  readonly options: ConnectOptions;
}

/** Follow a candidate, and tell how long it took and whether blocks were left for it. */
async function followMeasured(hash: HashHex, tip: Tip, run: Run): Promise<Followed> {
  const { clock, metrics, headers } = run.deps;
  const startedMs = clock.elapsedMs();
  const followed = await followCandidate(hash, tip, run);
  metrics.observe("exos_connect_seconds", (clock.elapsedMs() - startedMs) / 1000);
  const now = followed.tip;
  if (now.rev === tip.rev || (await isOnChain(tip, now, run.deps))) return followed;
  const end = await headers.get(now.hash);
  const fork = end === undefined ? undefined : await findFork(end.record, tip, run.deps);
  metrics.count("exos_reorgs_total");
  if (fork !== undefined) metrics.gauge("exos_reorg_depth_blocks", tip.height - fork.height);
  return followed;
}

async function followCandidate(hash: HashHex, tip: Tip, run: Run): Promise<Followed> {
  const { deps } = run;
  const leaf = await deps.headers.get(hash);
  // Whoever stores a block keeps its header last.
  if (leaf === undefined) return { outcome: "left", tip };
  if (await isLeftToLoad(leaf.record, tip, deps)) return { outcome: "loading", tip };
  const fork = await findFork(leaf.record, tip, deps);
  if (fork === undefined) return { outcome: "done", tip };
  const path = await readCandidatePath(leaf, fork, deps);
  const last = path.blocks.at(-1);
  const isKnown = path.end !== "bad" || (await isToldAgain(path.stop, deps));
  const end = isKnown ? OUTCOME_OF[path.end] : "left";
  if (last === undefined || !isBetterTip(last.record, tip)) {
    return { outcome: end === "again" ? "left" : end, tip };
  }
  const branch = await Branch.open(tip, fork, deps);
  try {
    const outcome = await followPath(branch, { blocks: path.blocks, end }, run);
    return { outcome, tip: branch.tip };
  } finally {
    await branch.rest();
  }
}

/**
 * Whoever refused a block may have died before he told of it: peers would be believed for ever who
 * claim a chain through it, once the candidate is dropped that says so.
 *
 * @returns whether it may be; nothing else waits for who cannot be told now
 */
async function isToldAgain(
  bad: StoredHeader | undefined,
  { shared, log }: Pick<ValidateDeps, "shared" | "log">,
): Promise<boolean> {
  if (bad?.rejected === undefined) return true;
  const { hash } = bad.record;
  try {
    await shared?.announce.send(badHint({ hash, code: bad.rejected.code }));
    return true;
  } catch (fault) {
    if (!(fault instanceof StoreFault)) throw fault;
    log.warn(fault.code ?? "EXOS-E1000", "a bad block was not told of", {
      hash,
      err: fault.message,
    });
    return false;
  }
}

async function followPath(
  branch: Branch,
  { blocks, end }: { readonly blocks: readonly StoredHeader[]; readonly end: Outcome },
  run: Run,
): Promise<Outcome> {
  const turn = createTurns(run.deps);
  for (const stored of blocks) {
    if (isOver(run.deps, run.options)) return finish(branch, "stopped", run);
    const bad = await extend(branch, stored, run);
    if (bad !== undefined) {
      if (bad !== "unusable") await reject(bad, run.deps);
      return finish(branch, "left", run);
    }
    if (branch.isRipe(COMMIT_BLOCKS)) {
      const outcome = await finish(branch, "again", run);
      if (outcome !== "again") return outcome;
    }
    await turn();
  }
  return finish(branch, end, run);
}

/** Judge and apply one stored block; `unusable`: its body is not here, broken, or fells workers. */
async function extend(
  branch: Branch,
  stored: StoredHeader,
  { deps, options }: Run,
): Promise<BadBlock | "unusable" | undefined> {
  const { record } = stored;
  // Its time is over, else it were no part of the path: what is found out now may be written again.
  if (stored.rejected !== undefined) await deps.headers.clearRejected(record.hash);
  if (branch.adopt(stored)) return undefined;
  if (await isPoison(record, options.isRepeated === true, deps)) return "unusable";
  const body = await readStoredBody(record.hash, deps);
  if (body.state !== "sound") {
    // Nothing is said about the hash: whoever talks to peers finds no verdict and asks again.
    const code = body.state === "broken" ? (body.error?.code ?? "undecodable") : "absent";
    await deps.shared?.announce.send(badHint({ hash: record.hash, code }));
    return "unusable";
  }
  const { block } = body;
  const arrival = stored.checked ? undefined : await judgeUnchecked(block, branch, deps);
  const error = arrival ?? (await branch.append({ block, record }));
  return error === undefined ? undefined : { record, error };
}

/** The verdict that a block was stored without. */
async function judgeUnchecked(block: Block, branch: Branch, deps: ValidateDeps): Promise<Verdict> {
  const coins = await readKernelCoin(block, branch.view, deps);
  return judgeArrival(block, { parent: branch.end, coins }, deps);
}

/** Commit what stands, and record what fell. @param otherwise what to answer when all stood */
async function finish(branch: Branch, otherwise: Outcome, { deps }: Run): Promise<Outcome> {
  const outcome = await branch.commit();
  if (outcome.state === "lost") return "lost";
  if (outcome.bad !== undefined) {
    await reject(outcome.bad, deps);
    return "left";
  }
  return otherwise;
}

/** Say that a block is bad, and remember it where the verdict is about its hash. */
export async function reject({ record, error }: BadBlock, deps: ValidateDeps): Promise<void> {
  const { code, stage } = error;
  deps.rejected?.({ record, error });
  deps.metrics.count("exos_rejects_total", { code });
  deps.log.warn("EXOS-E2002", "block refused", {
    height: record.height,
    hash: record.hash,
    code,
    stage,
  });
  if (error.effect === "invalid" || error.effect === "until") {
    await deps.headers.setRejected(record.hash, error);
  }
  await deps.shared?.announce.send(badHint({ hash: record.hash, code }));
}
