import type { Network } from "#shared/consensus/params.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { type ChainFile, detectFraming, readChainFile } from "./chain-file.ts";
import type { ValidateDeps } from "./deps.ts";
import { findAssumed } from "./find-assumed.ts";
import { ImportRun } from "./import-run.ts";
import { readTip } from "./tip-view.ts";

/** What one slice of work looked like from outside. */
export interface ImportProgress {
  /** Of all bytes of all files, 0 to 100; never falls. */
  readonly percent: number;
  readonly height: number;
  /** Connected in this run. */
  readonly blocks: number;
  readonly transactions: number;
  readonly blocksPerSecond: number;
  readonly transactionsPerSecond: number;
  /** `undefined` until enough was seen to tell. */
  readonly secondsLeft: number | undefined;
}

/** What an operator may ask of an import. */
export interface ImportOptions {
  /** The last height to connect. */
  readonly stopHeight?: number;
  /** The operator vouches for this block and its ancestors: they skip partial and full rules. */
  readonly assumeValid?: HashHex;
  /** Finish the block in hand, commit, flush, and answer with what there is. */
  readonly signal?: AbortSignal;
  /** Called at most twice a second. */
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** @source issue "A real chain, judged and answered": `exos.import.v1` */
export interface ImportSummary {
  readonly network: string;
  readonly height: number;
  readonly hash: HashHex;
  readonly coins: number;
  /** Base units, as text. */
  readonly supply: string;
  readonly muhash: HashHex;
  /** Of this run, as the next two. */
  readonly blocks: number;
  readonly transactions: number;
  readonly seconds: number;
  readonly interrupted: boolean;
  /** The last block of the files, where it stands on a branch that is not followed. */
  readonly beside: { readonly height: number; readonly hash: HashHex } | undefined;
}

/** An import flushes by itself: nothing else is at work. */
export interface ImportDeps extends ValidateDeps {
  /** Make everything so far durable: blocks, then headers, then coins. */
  flush(): Promise<void>;
  /** The same, where enough has gathered. */
  flushWhenDue(): Promise<void>;
}

const PROGRESS_MS = 500;

/**
 * Replay chain files: every block is judged as if it came from a peer, and connected. Whatever
 * stops it, what was connected stays, and the next run goes on there.
 *
 * @throws StoreFault when the world failed
 */
export async function importChain(
  files: readonly ChainFile[],
  deps: ImportDeps,
  options: ImportOptions = {},
): Promise<Result<ImportSummary, Refusal>> {
  const startedMs = deps.clock.elapsedMs();
  const run = await ImportRun.open(await withAssumed(files, deps, options), options.stopHeight);
  const refused = await readFiles(files, { run, deps, options });
  // Whatever stops it, the blocks before are committed; one of them may be the first bad one.
  const broken = (await (refused === undefined ? run.finish() : run.settle())) ?? refused;
  await deps.flush();
  if (broken !== undefined) return { ok: false, error: broken };

  const tip = await readTip(deps);
  const totals = await deps.coins.totals(tip);
  const beside = await run.beside();
  return {
    ok: true,
    value: {
      network: deps.network.name,
      height: tip.height,
      hash: tip.hash,
      coins: totals.coins,
      supply: totals.supply.toString(),
      muhash: toHashHex(totals.muhash),
      blocks: run.blocks,
      transactions: run.transactions,
      seconds: Math.round(deps.clock.elapsedMs() - startedMs) / 1000,
      interrupted: options.signal?.aborted === true,
      beside: beside === undefined ? undefined : { height: beside.height, hash: beside.hash },
    },
  };
}

/** The same service, with what assume-valid exempts. */
async function withAssumed(
  files: readonly ChainFile[],
  deps: ImportDeps,
  { assumeValid }: ImportOptions,
): Promise<ImportDeps> {
  if (assumeValid === undefined) return deps;
  const assumed = await findAssumed(assumeValid, files, deps.network);
  const { policy } = deps;
  const assumes: typeof policy.assumes = (block) =>
    policy.assumes(block) || assumed.has(block.hash);
  return { ...deps, policy: { ...policy, assumes } };
}

interface Reading {
  readonly run: ImportRun;
  readonly deps: ImportDeps;
  readonly options: ImportOptions;
}

async function readFiles(
  files: readonly ChainFile[],
  { run, deps, options }: Reading,
): Promise<Refusal | undefined> {
  const report = createReport(files, { run, deps, options });
  let before = 0;
  for (const file of files) {
    const framing = await detectFraming(file, deps.network);
    if (!framing.ok) return framing.error;
    const { magic }: Network = deps.network;
    for await (const slice of readChainFile(file, { kind: framing.value, magic })) {
      if (!slice.ok) return (await run.settle()) ?? slice.error;
      for (const record of slice.value) {
        if (options.signal?.aborted === true || run.isComplete) return undefined;
        const refused = await run.take(record);
        if (refused !== undefined) return refused;
        report(before + record.end);
      }
    }
    before += file.sizeBytes;
  }
  return undefined;
}

/** Tell how far it is, by bytes: a late block weighs more than an early one. */
function createReport(files: readonly ChainFile[], { run, deps, options }: Reading) {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const startedMs = deps.clock.elapsedMs();
  let lastMs = startedMs;
  let skipped: number | undefined;
  return (done: number): void => {
    // Blocks that are skipped say nothing about the time that the others take.
    if (run.blocks === 0) skipped = done;
    const nowMs = deps.clock.elapsedMs();
    if (options.onProgress === undefined || nowMs - lastMs < PROGRESS_MS) return;
    lastMs = nowMs;
    const seconds = (nowMs - startedMs) / 1000;
    const worked = done - (skipped ?? 0);
    options.onProgress({
      percent: total === 0 ? 100 : (100 * done) / total,
      height: run.height,
      blocks: run.blocks,
      transactions: run.transactions,
      blocksPerSecond: run.blocks / seconds,
      transactionsPerSecond: run.transactions / seconds,
      secondsLeft: worked > 0 ? (seconds * (total - done)) / worked : undefined,
    });
  };
}
