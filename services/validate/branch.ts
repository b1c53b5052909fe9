import { marksOf } from "#shared/coins/marks-of.ts";
import { nextTip, type Tip } from "#shared/coins/tip.ts";
import { growView, type View } from "#shared/coins/view.ts";
import { isBetterTip } from "#shared/consensus/compare-work.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { judgeFull } from "#shared/consensus/judge-full.ts";
import type { ConsensusError, Verdict } from "#shared/consensus/verdict.ts";
import { tipHint } from "#shared/messages/tip-hint.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import { createAncestorTimes } from "./ancestor-times.ts";
import type { ValidateDeps } from "./deps.ts";
import { readCoins } from "./read-coins.ts";

/** A block that grows a branch. Its integrity was judged on the bytes it was decoded from. */
export interface BranchBlock {
  readonly block: Block;
  readonly record: HeaderRecord;
  /** As its parent leaves them, where the caller has read them already. */
  readonly coins?: CoinsReader;
}

/** A block that the full rules refuse, and why. */
export interface BadBlock {
  readonly record: HeaderRecord;
  readonly error: ConsensusError;
}

/** What became of the blocks that were appended. */
export type CommitOutcome =
  /** The tip is the branch's end; `bad` names the block that failed behind it, if one did. */
  | { readonly state: "committed"; readonly tip: Tip; readonly bad: BadBlock | undefined }
  /** Nothing was left to commit before the block that failed, or nothing heavier than the tip. */
  | { readonly state: "unchanged"; readonly bad: BadBlock | undefined }
  /** Another writer moved the tip: start over from what it is now. */
  | { readonly state: "lost" };

/** One block that waits for its scripts and for its commit. */
interface Step {
  readonly record: HeaderRecord;
  view: View;
  readonly verdict: Promise<Verdict>;
  /** Resolves with the verdict, and never rejects. */
  readonly done: Promise<void>;
  settled: boolean;
}

/** Inputs whose scripts may be on their way at once: about a tenth of a second of two workers. */
const INPUTS_IN_FLIGHT_MAX = 2_048;

/**
 * A chain that grows from a block of the tip's chain, block by block: judged in full, applied, and
 * committed in groups. Scripts run while the next block is judged; a commit waits for them.
 *
 * @source cloud.md 4.2
 */
export class Branch {
  readonly #deps: ValidateDeps;
  #tip: Tip;
  #view: View;
  #end: HeaderRecord;
  #steps: Step[] = [];
  #inFlight = 0;
  #failed = false;

  /** @param start where it leaves the tip's chain, at or above `final` */
  constructor(
    start: { readonly tip: Tip; readonly view: View; readonly end: HeaderRecord },
    deps: ValidateDeps,
  ) {
    this.#deps = deps;
    this.#tip = start.tip;
    this.#view = start.view;
    this.#end = start.end;
  }

  /** The last block that was appended, or where the branch began. */
  get end(): HeaderRecord {
    return this.#end;
  }

  get view(): View {
    return this.#view;
  }

  /** The tip this branch would replace. */
  get tip(): Tip {
    return this.#tip;
  }

  /** Blocks appended since the last commit. */
  get uncommitted(): number {
    return this.#steps.length;
  }

  /** Whether committing is worth while: a heavier chain by many blocks, or a failed script. */
  isRipe(blocks: number): boolean {
    return this.#failed || (this.#steps.length >= blocks && isBetterTip(this.#view, this.#tip));
  }

  /**
   * Judge the next block by the full rules, send its scripts on their way, and apply it.
   *
   * @returns why it is invalid; the branch stands where it stood then
   */
  async append({ block, record, coins }: BranchBlock): Promise<Verdict> {
    const { network, policy, scripts } = this.#deps;
    const view = this.#view;
    const reader = coins ?? (await readCoins(block, view, this.#deps.coins));
    const judgement = judgeFull(block, {
      parent: this.#end,
      params: network.consensus,
      coins: reader,
      assumed: policy.assumes(record),
      medianTimeAt: await createAncestorTimes(block, { view, coins: reader }, this.#deps),
    });
    if (!judgement.ok) return judgement.error;

    const jobs = judgement.scripts;
    const inputs = jobs.reduce((sum, { prevouts }) => sum + prevouts.length, 0);
    const verdict =
      inputs === 0
        ? Promise.resolve(
            judgement.settle(jobs.map(() => ({ error: undefined, coldStake: false }))),
          )
        : scripts.verify(jobs).then((outcomes) => judgement.settle(outcomes));

    const step = this.#watch(verdict, { record, view: growView(view, record), inputs });
    await this.#deps.coins.apply(view.gen, marksOf(block, record, network.consensus));
    this.#view = step.view;
    this.#end = record;
    this.#steps.push(step);
    while (this.#inFlight > INPUTS_IN_FLIGHT_MAX) {
      await this.#steps.find(({ settled }) => !settled)?.done;
    }
    return undefined;
  }

  /**
   * Make the last block before a failed one the tip, if that is heavier than the tip.
   *
   * @param which `all` waits for the scripts of everything appended; `settled` takes what is known
   *   now, and leaves the rest for later
   * @throws StoreFault when a store or a verifying worker failed; nothing is lost then
   */
  async commit(which: "all" | "settled" = "all"): Promise<CommitOutcome> {
    let count = 0;
    let bad: BadBlock | undefined;
    for (const step of this.#steps) {
      if (which === "settled" && !step.settled) break;
      const error = await step.verdict;
      if (error !== undefined) {
        bad = { record: step.record, error };
        break;
      }
      count++;
    }
    const last = this.#steps[count - 1];
    if (last === undefined || !isBetterTip(last.view, this.#tip))
      return { state: "unchanged", bad };

    const { consensus } = this.#deps.network;
    const next = nextTip(this.#tip, last.view, consensus);
    const { tip } = next;
    if (!(await this.#deps.coins.commit(this.#tip.rev, next))) return { state: "lost" };
    this.#tip = tip;
    // What is left grows on the new tip, whose window may begin higher.
    this.#steps = this.#steps.slice(count);
    for (const step of this.#steps) step.view = onBase(step.view, tip.base);
    this.#view = this.#steps.at(-1)?.view ?? tip;
    this.#end = this.#steps.at(-1)?.record ?? last.record;
    await this.#deps.follow.send(tipHint(tip));
    return { state: "committed", tip, bad };
  }

  /** Count what is on its way; a fault is told by `commit`, not by an unheard promise. */
  #watch(
    verdict: Promise<Verdict>,
    of: { readonly record: HeaderRecord; readonly view: View; readonly inputs: number },
  ): Step {
    const { record, view, inputs } = of;
    this.#inFlight += inputs;
    const settle = (failed: boolean) => {
      step.settled = true;
      this.#failed ||= failed;
      this.#inFlight -= inputs;
    };
    const done = verdict.then(
      (error) => settle(error !== undefined),
      () => settle(true),
    );
    const step: Step = { record, view, verdict, done, settled: false };
    return step;
  }
}

/** The same view, its window cut to begin at a higher block. */
function onBase(view: View, base: View["base"]): View {
  return view.base === base ? view : { ...view, base, win: view.win.slice(base - view.base) };
}
