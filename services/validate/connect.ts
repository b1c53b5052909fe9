import { decodeBlock } from "#shared/codec/decode-block.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { cutView } from "#shared/coins/view.ts";
import { isBetterTip } from "#shared/consensus/compare-work.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import type { Verdict } from "#shared/consensus/verdict.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { createTurns } from "#shared/ports/turns.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type BadBlock, Branch } from "./branch.ts";
import type { ValidateDeps } from "./deps.ts";
import { judgeArrival } from "./judge-arrival.ts";
import { readKernelCoin } from "./read-coins.ts";
import { findFork, isOnChain, readTip } from "./tip-view.ts";

/** Blocks of one commit. @source cloud.md 4.2 */
export const COMMIT_BLOCKS = 32;
/** Candidates that are looked at in one run. @source cloud.md 3.1 */
const CANDIDATES_MAX = 64;
/** Headers of a branch that are held at once; a longer branch is followed in pieces. */
const PATH_BLOCKS_MAX = 2_048;
/** Lost races in a row after which somebody else had better do it. */
const LOST_MAX = 8;

/** When to stop before everything is connected. */
export interface ConnectOptions {
  /** `Clock.elapsedMs` after which no further block is begun. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
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
  for (;;) {
    const tip = await readTip(deps);
    if (isOver(deps, options)) return { tip, more: true };
    const candidates = await deps.headers.candidates(tip.work, CANDIDATES_MAX);
    const next = candidates.find(({ hash }) => !tried.has(hash));
    if (next === undefined) return { tip, more: false };
    const outcome = await followMeasured(next.hash, tip, { deps, options });
    if (outcome === "lost" && ++lost >= LOST_MAX) return { tip, more: true };
    if (outcome !== "lost") lost = 0;
    if (outcome === "done") await deps.headers.dropCandidate(next.hash);
    // What could not be followed to its end now is left; the next hint looks at it again.
    if (outcome === "left") tried.add(next.hash);
  }
}

function isOver({ clock }: ValidateDeps, { deadlineMs, signal }: ConnectOptions): boolean {
  return signal?.aborted === true || (deadlineMs !== undefined && clock.elapsedMs() >= deadlineMs);
}

/** What became of one candidate: never again, not now, on from here, or from another tip. */
type Followed = "done" | "left" | "again" | "lost" | "stopped";

const FOLLOWED = { leaf: "done", missing: "left", bad: "done", long: "again" } as const;

interface Run {
  readonly deps: ValidateDeps;
  readonly options: ConnectOptions;
}

/** Follow a candidate, and tell how long it took and whether blocks were left for it. */
async function followMeasured(hash: HashHex, tip: Tip, run: Run): Promise<Followed> {
  const { clock, metrics, headers } = run.deps;
  const startedMs = clock.elapsedMs();
  const outcome = await followCandidate(hash, tip, run);
  metrics.observe("exos_connect_seconds", (clock.elapsedMs() - startedMs) / 1000);
  const now = await readTip(run.deps);
  if (now.rev === tip.rev || (await isOnChain(tip, now, run.deps))) return outcome;
  const end = await headers.get(now.hash);
  const fork = end === undefined ? undefined : await findFork(end.record, tip, run.deps);
  metrics.count("exos_reorgs_total");
  if (fork !== undefined) metrics.gauge("exos_reorg_depth_blocks", tip.height - fork.height);
  return outcome;
}

async function followCandidate(hash: HashHex, tip: Tip, run: Run): Promise<Followed> {
  const { deps } = run;
  const leaf = await deps.headers.get(hash);
  if (leaf === undefined) return "done";
  const fork = await findFork(leaf.record, tip, deps);
  if (fork === undefined) return "done";
  const path = await readPath(leaf, fork, deps);
  const last = path.blocks.at(-1);
  const end = FOLLOWED[path.end];
  if (last === undefined || !isBetterTip(last.record, tip)) return end === "again" ? "left" : end;

  const view = fork.hash === tip.hash ? tip : cutView(tip, fork);
  const branch = new Branch({ tip, view, end: fork }, deps);
  const turn = createTurns(deps);
  for (const stored of path.blocks) {
    if (isOver(deps, run.options)) return finish(branch, "stopped", run);
    const bad = await extend(branch, stored, deps);
    if (bad !== undefined) {
      if (bad !== "missing") await reject(bad, deps);
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

interface Path {
  readonly blocks: readonly StoredHeader[];
  /** Why it ends where it ends: at the leaf, before a gap, before a bad block, or far enough. */
  readonly end: "leaf" | "missing" | "bad" | "long";
}

/**
 * Headers from the fork towards a leaf, oldest first, as far as headers, bodies and verdicts allow,
 * and no more than can be held.
 */
async function readPath(
  leaf: StoredHeader,
  fork: HeaderRecord,
  { headers }: ValidateDeps,
): Promise<Path> {
  let at: StoredHeader | undefined = leaf;
  while (at !== undefined && at.record.height - fork.height > PATH_BLOCKS_MAX) {
    at = await headers.get(at.record.skip);
  }
  const long = at?.record.hash !== leaf.record.hash;
  const blocks: StoredHeader[] = [];
  while (at !== undefined && at.record.hash !== fork.hash) {
    blocks.push(at);
    at = await headers.get(toHashHex(at.record.header.prev));
  }
  blocks.reverse();
  const stop = blocks.findIndex(
    ({ bodySize, rejected }) => bodySize === undefined || rejected !== undefined,
  );
  if (stop === -1) return { blocks, end: long ? "long" : "leaf" };
  const end = blocks[stop]?.rejected === undefined ? "missing" : "bad";
  return { blocks: blocks.slice(0, stop), end };
}

/** Judge and apply one stored block; `missing`: its body is not here, or not what it should be. */
async function extend(
  branch: Branch,
  stored: StoredHeader,
  deps: ValidateDeps,
): Promise<BadBlock | "missing" | undefined> {
  const { record } = stored;
  const block = await readBody(record, deps);
  if (block === undefined) return "missing";
  const arrival = stored.checked ? undefined : await judgeUnchecked(block, branch, deps);
  const error = arrival ?? (await branch.append({ block, record }));
  return error === undefined ? undefined : { record, error };
}

/** The verdict that a block was stored without. */
async function judgeUnchecked(block: Block, branch: Branch, deps: ValidateDeps): Promise<Verdict> {
  const coins = await readKernelCoin(block, branch.view, deps);
  return judgeArrival(block, { parent: branch.end, coins }, deps);
}

/**
 * The body of a block, if the bytes that are stored pass the integrity stage now. The header's hash
 * does not commit to them, so bytes that fail are dropped, and nothing is said about the hash.
 */
async function readBody(
  { hash }: HeaderRecord,
  { blocks, network, log }: ValidateDeps,
): Promise<Block | undefined> {
  const bytes = await blocks.get(hash);
  if (bytes === undefined) return undefined;
  const decoded = decodeBlock(bytes, network.consensus.wire);
  const sound =
    decoded.ok &&
    toHashHex(decoded.value.hash) === hash &&
    judgeIntegrity(decoded.value, network.consensus) === undefined;
  if (sound) return decoded.value;
  log.error("EXOS-E2009", "a stored block is not what its header commits to", { hash });
  await blocks.drop(hash, bytes);
  return undefined;
}

/** Commit what stands, and record what fell. @param otherwise what to answer when all stood */
async function finish(branch: Branch, otherwise: Followed, { deps }: Run): Promise<Followed> {
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
}
