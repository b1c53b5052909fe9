import { blockTotals } from "#shared/coins/block-totals.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { nextTip, type Tip, withTotals } from "#shared/coins/tip.ts";
import { growView, type View } from "#shared/coins/view.ts";
import { isBetterTip } from "#shared/consensus/compare-work.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { judgeFull } from "#shared/consensus/judge-full.ts";
import type { ConsensusError, Verdict } from "#shared/consensus/verdict.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { Block } from "#shared/primitives/block.ts";
import { createAncestorTimes } from "./ancestor-times.ts";
import { announceTip } from "./announce-tip.ts";
import type { ValidateDeps } from "./deps.ts";
import { PendingMarks } from "./pending-marks.ts";
import { type BlockCoins, readBlockCoins } from "./read-coins.ts";
import { totalsAt } from "./tip-totals.ts";
import { viewAt } from "./tip-view.ts";

/** A block that grows a branch. Its integrity was judged on the bytes it was decoded from. */
export interface BranchBlock {
  readonly block: Block;
  readonly record: HeaderRecord;
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
  /** Totals after the block, where commits carry them. */
  readonly totals: Uint8Array | undefined;
  /** On shared tables it comes when the block's marks are acknowledged and noted, too. */
  readonly verdict: Promise<Verdict>;
  /** Resolves with the verdict, and never rejects. */
  readonly done: Promise<void>;
  settled: boolean;
}

type NewStep = Pick<Step, "record" | "view" | "totals" | "verdict"> & { readonly inputs: number };

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
  readonly #pending = new PendingMarks();
  #tip: Tip;
  #view: View;
  #end: HeaderRecord;
  /** After the end, where commits carry them. */
  #totals: Uint8Array | undefined;
  #steps: Step[] = [];
  #inFlight = 0;
  #failed = false;

  private constructor(
    start: {
      readonly tip: Tip;
      readonly end: HeaderRecord;
      readonly totals: Uint8Array | undefined;
    },
    deps: ValidateDeps,
  ) {
    this.#deps = deps;
    this.#tip = start.tip;
    this.#view = viewAt(start.tip, start.end);
    this.#end = start.end;
    this.#totals = start.totals;
  }

  /** @param end where it leaves the tip's chain, at or above `final` */
  static async open(tip: Tip, end: HeaderRecord, deps: ValidateDeps): Promise<Branch> {
    return new Branch({ tip, end, totals: await totalsAt(end, tip, deps) }, deps);
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
  async append({ block, record }: BranchBlock): Promise<Verdict> {
    const { network, policy, coins } = this.#deps;
    const view = this.#view;
    const overlay = this.#pending.overlay;
    const read = await readBlockCoins(block, { view, overlay }, coins);
    const judgement = judgeFull(block, {
      parent: this.#end,
      params: network.consensus,
      coins: read.coins,
      assumed: policy.assumes(record),
      medianTimeAt: await createAncestorTimes(block, { view, coins: read.coins }, this.#deps),
    });
    if (!judgement.ok) return judgement.error;

    const jobs = judgement.scripts;
    const inputs = jobs.reduce((sum, { prevouts }) => sum + prevouts.length, 0);
    const verdict =
      inputs === 0
        ? Promise.resolve(
            judgement.settle(jobs.map(() => ({ error: undefined, coldStake: false }))),
          )
        : this.#deps.scripts.verify(jobs).then((outcomes) => judgement.settle(outcomes));

    const next = growView(view, record);
    await this.#apply({ block, record, read, next, verdict, inputs });
    while (this.#inFlight > INPUTS_IN_FLIGHT_MAX) {
      await this.#steps.find(({ settled }) => !settled)?.done;
    }
    return undefined;
  }

  /**
   * Take over the next block from an earlier run on the same tables, which judged and applied it: its
   * context is its ancestors, so the verdict stands.
   *
   * @returns `false` when no run has noted so in the tip's generation
   */
  adopt({ record, applied, totals }: StoredHeader): boolean {
    if (this.#totals === undefined || totals === undefined) return false;
    if (!applied.includes(this.#view.gen)) return false;
    const view = growView(this.#view, record);
    this.#grow({ record, view, totals, verdict: Promise.resolve(undefined), inputs: 0 });
    return true;
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
    const next = withTotals(nextTip(this.#tip, last.view, consensus), last.totals);
    const { tip } = next;
    if (!(await this.#deps.coins.commit(this.#tip.rev, next))) return { state: "lost" };
    this.#tip = tip;
    // What is left grows on the new tip, whose window may begin higher.
    this.#steps = this.#steps.slice(count);
    for (const step of this.#steps) step.view = onBase(step.view, tip.base);
    this.#view = this.#steps.at(-1)?.view ?? tip;
    this.#end = this.#steps.at(-1)?.record ?? last.record;
    await announceTip(tip, this.#deps);
    return { state: "committed", tip, bad };
  }

  /** Wait for what is on its way, whatever becomes of it: nothing goes on after a run has ended. */
  async rest(): Promise<void> {
    await Promise.all(this.#steps.map(({ done }) => done));
    await this.#pending.rest();
  }

  async #apply({
    block,
    record,
    read,
    next,
    verdict,
    inputs,
  }: BranchBlock & {
    readonly read: BlockCoins;
    readonly next: View;
    readonly verdict: Promise<Verdict>;
    readonly inputs: number;
  }): Promise<void> {
    const { coins, network } = this.#deps;
    const { gen } = next;
    const marks = marksOf(block, record, network.consensus);
    const before = this.#totals;
    if (before === undefined) {
      const step = this.#watch({ record, view: next, totals: undefined, verdict, inputs });
      await coins.apply(gen, marks);
      this.#push(step);
      return;
    }
    const change = { marks, items: read.items, frozen: read.frozen, from: this.#view, to: next };
    const totals = blockTotals(before, change, network.consensus.dialect);
    const applied = this.#pending.add(marks, coins.apply(gen, marks));
    const noted = this.#note({ record, totals, gen, applied, verdict });
    this.#grow({ record, view: next, totals, verdict: noted, inputs });
    await this.#pending.room();
  }

  /** The verdict, when the marks are acknowledged and both are noted for runs after this one. */
  async #note(of: {
    readonly record: HeaderRecord;
    readonly totals: Uint8Array;
    readonly gen: number;
    readonly applied: Promise<void>;
    readonly verdict: Promise<Verdict>;
  }): Promise<Verdict> {
    const [error] = await Promise.all([of.verdict, of.applied]);
    if (error !== undefined) return error;
    await this.#deps.headers.setApplied(of.record.hash, of.gen, of.totals);
    return undefined;
  }

  #grow(of: NewStep): void {
    this.#push(this.#watch(of));
  }

  #push(step: Step): void {
    this.#view = step.view;
    this.#end = step.record;
    this.#totals = step.totals;
    this.#steps.push(step);
  }

  /** Count what is on its way; a fault is told by `commit`, not by an unheard promise. */
  #watch({ record, view, totals, verdict, inputs }: NewStep): Step {
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
    const step: Step = { record, view, totals, verdict, done, settled: false };
    return step;
  }
}

/** The same view, its window cut to begin at a higher block. */
function onBase(view: View, base: View["base"]): View {
  return view.base === base ? view : { ...view, base, win: view.win.slice(base - view.base) };
}
