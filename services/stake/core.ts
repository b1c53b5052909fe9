import { encodeBlock } from "#shared/codec/encode-block.ts";
import { encodeHeader } from "#shared/codec/header.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { SubmitAnswer } from "#shared/consensus/submit-answer.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { type BlockTemplate, buildTemplate } from "./build-template.ts";
import { searchNonce } from "./search-nonce.ts";
import { takeTransactions } from "./take-transactions.ts";

/** Most blocks of one request. */
export const GENERATE_BLOCKS_MAX = 10_000;
/** Blocks in a row that come too late before mining is given up: somebody else makes them. */
const OVERTAKEN_MAX = 8;
/** How long to wait for the clock to pass the tip's time. */
const WAIT_SECONDS_MAX = 3;

/** The chain that is mined on, and where blocks go. */
export interface StakeDeps {
  readonly network: Network;
  readonly clock: Clock;
  /** Where transactions are taken from. */
  readonly mempool: Pick<Mempool, "template">;
  /** The tip as it stands now. */
  tip(): Promise<HeaderRecord>;
  /** Hand a block in and wait for the verdict. @returns `null`: it is the tip */
  submit(block: Uint8Array): Promise<{ readonly hash: HashHex; readonly answer: SubmitAnswer }>;
  /** Gives everything else in the process its turn. */
  pause(): Promise<void>;
}

/** How blocks are mined. */
export interface MiningOptions {
  readonly signal?: AbortSignal;
  /**
   * Scripts that share the premine in equal parts, one coin for each time a script is named: a coin
   * that wins rests, so a chain that is to grow by stake needs more than one.
   */
  readonly premine?: readonly Uint8Array[];
}

/** Mines blocks of development networks. */
export interface Staker {
  /**
   * Mine blocks on top of the tip, one after the other, each dated one spacing after its parent but
   * never past now, so that hundreds come at once on a chain that lies behind the clock.
   *
   * @param count 1 to `GENERATE_BLOCKS_MAX`
   * @param script where the rewards go
   * @returns hashes in the order of their heights
   */
  generate(
    count: number,
    script: Uint8Array,
    options?: MiningOptions,
  ): Promise<Result<HashHex[], Refusal>>;
}

/** Proof of work for development networks. @source exos-l1.md 8.3, 8.4 */
export function createStaker(deps: StakeDeps): Staker {
  return {
    async generate(count, script, options = {}) {
      if (!Number.isInteger(count) || count < 1 || count > GENERATE_BLOCKS_MAX) {
        return refusal("EXOS-E4001", `A count of blocks is 1 to ${GENERATE_BLOCKS_MAX}.`, {
          limit: GENERATE_BLOCKS_MAX,
        });
      }
      const hashes: HashHex[] = [];
      for (let overtaken = 0; hashes.length < count && !isStopped(options); ) {
        const mined = await mineOne(script, deps, options);
        // A stop ends the search for a nonce; what was mined before it is the answer.
        if (!mined.ok) return isStopped(options) ? { ok: true, value: hashes } : mined;
        if (!mined.value.isTip && ++overtaken >= OVERTAKEN_MAX) return refuseLost(mined.value);
        if (mined.value.isTip) {
          hashes.push(mined.value.hash);
          overtaken = 0;
        }
        await deps.pause();
      }
      return { ok: true, value: hashes };
    },
  };
}

function isStopped({ signal }: MiningOptions): boolean {
  return signal?.aborted === true;
}

/** A block of ours; not the tip where another block was first. */
interface MinedBlock {
  readonly hash: HashHex;
  readonly height: number;
  readonly isTip: boolean;
}

function refuseLost({ hash, height }: MinedBlock): Result<never, Refusal> {
  const message = `The block mined at height ${height} is not the tip: others were first.`;
  return refusal("EXOS-E2002", message, { height, hash, code: "inconclusive" });
}

async function mineOne(
  script: Uint8Array,
  deps: StakeDeps,
  { signal, premine }: MiningOptions,
): Promise<Result<MinedBlock, Refusal>> {
  const { consensus, kind, name } = deps.network;
  const parent = await deps.tip();
  const last = consensus.stake?.lastWorkHeight;
  if (kind !== "regtest" || (last !== undefined && parent.height >= last)) {
    const why = kind !== "regtest" ? "is no development network" : `takes no work above ${last}`;
    return refusal("EXOS-E0007", `${name} ${why}.`, { network: name, height: parent.height });
  }
  const time = await dateAfter(parent, deps);
  if (time === undefined) {
    const message = `The clock stands at ${deps.clock.now()}, not past the tip's time ${parent.header.time}.`;
    return refusal("EXOS-E2012", message, { height: parent.height });
  }

  const taken = await takeTransactions(deps.mempool, { parent, time }, consensus);
  const isPremine = parent.height + 1 === consensus.premine?.height;
  const scripts = isPremine && premine !== undefined ? premine : [script];
  const proof = { kind: "work", scripts } as const;
  const template = buildTemplate(parent, { time, taken, proof }, consensus);
  return submitMined(template, { deps, at: parent.height + 1, signal });
}

/** Find a nonce and hand the block in; where that very block is known already, find another. */
async function submitMined(
  template: BlockTemplate,
  place: {
    readonly deps: StakeDeps;
    readonly at: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Result<MinedBlock, Refusal>> {
  const { deps, at, signal } = place;
  const { consensus: params } = deps.network;
  const { header: fields, transactions, bytes: start } = template;
  for (let from = 0; ; ) {
    const search = { bits: fields.bits, params, pause: deps.pause, from };
    const nonce = await searchNonce(start, { ...search, ...(signal ? { signal } : {}) });
    if (nonce === undefined) {
      const message = "The search for a nonce ended without one.";
      return refusal("EXOS-E2012", message, { height: at });
    }
    const header = { ...fields, nonce, bytes: encodeHeader({ ...fields, nonce }) };
    const block = { header, transactions, signature: new Uint8Array(0) };
    const { hash, answer } = await deps.submit(encodeBlock(block, params.wire));
    if (answer === null || answer === "inconclusive") {
      return { ok: true, value: { hash, height: at, isTip: answer === null } };
    }
    // The same parent gives the same block, and that one may have been invalidated.
    from = nonce + 1;
    if (answer.startsWith("duplicate")) continue;
    const message = `The block mined after height ${at - 1} is not the tip: ${answer}.`;
    return refusal("EXOS-E2002", message, { height: at, hash, code: answer });
  }
}

/**
 * One spacing after the parent, but not past now, and late enough for the rules.
 *
 * @returns `undefined` when the clock does not pass the parent's time while we wait
 */
async function dateAfter(
  parent: HeaderRecord,
  { network, clock }: StakeDeps,
): Promise<UnixSeconds | undefined> {
  const { stake, spacingSeconds } = network.consensus;
  const earliest = (stake === undefined ? medianTime(parent.context) : parent.header.time) + 1;
  for (let waited = 0; clock.now() < earliest; waited++) {
    if (waited >= WAIT_SECONDS_MAX) return undefined;
    await clock.sleep(1_000);
  }
  const wanted = Math.max(parent.header.time + spacingSeconds, earliest);
  return unixSeconds(Math.min(wanted, clock.now()));
}
