import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { ConsensusError, Verdict } from "#shared/consensus/verdict.ts";
import type { Amount, Hash256, Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { Coin, CoinsReader } from "#shared/primitives/coin.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";

/** What the judges read beside the block. Each judge names the part it needs. */
export interface JudgeEnv {
  readonly parent: HeaderRecord;
  readonly params: ConsensusParams;
  /** The network-adjusted clock. */
  readonly now: UnixSeconds;
  /** The unspent set as the parent leaves it. */
  readonly coins: CoinsReader;
  /**
   * `assert`: a checkpoint fails a wrong hash at its height and does nothing else. `skip`: headers
   * up to the last checkpoint are judged without their proofs, as the reference does.
   */
  readonly checkpoints: "assert" | "skip";
  /** A checkpoint or `assumeValid` above vouches: partial and full rules are skipped (spec 3.6). */
  readonly assumed: boolean;
  /** Median time past of the ancestor at this height. Read for BIP68 locks by time alone. */
  medianTimeAt(height: Height): UnixSeconds;
  /** What is remembered of an output that the view lacks; without it nothing is remembered. */
  spentRecord?(outpoint: Outpoint): SpentRecord;
}

/** What a record of spent outputs says of one: never heard of it, or holds it, or lost it. */
export type SpentRecord =
  | { readonly isRecorded: false }
  | { readonly isRecorded: true; readonly coin: Coin | undefined };

/** What an announcement is judged by. */
export type HeaderEnv = Pick<
  JudgeEnv,
  "parent" | "params" | "now" | "coins" | "checkpoints" | "spentRecord"
>;

/** What a block is judged by once its transactions are its own. */
export type PartialEnv = Pick<JudgeEnv, "parent" | "params" | "assumed">;

/** What a block is judged by when it would become the tip. */
export type FullEnv = Pick<JudgeEnv, "parent" | "params" | "coins" | "assumed" | "medianTimeAt">;

/** The scripts of one transaction, to be run by whoever has a thread for it. */
export interface ScriptJob {
  readonly tx: HashedTransaction;
  /** What each input spends, in the order of the inputs. */
  readonly prevouts: readonly { readonly value: Amount; readonly scriptPubKey: Uint8Array }[];
  /** Bits of `ScriptFlags`. */
  readonly flags: number;
}

/** What became of one job: the first script that failed, and whether 0xb9 was executed. */
export interface ScriptOutcome {
  /** Name of the script error. */
  readonly error: string | undefined;
  readonly coldStake: boolean;
}

/** The verdict of every full rule but those that wait for scripts. */
export type FullJudgement =
  | { readonly ok: false; readonly error: ConsensusError }
  | {
      readonly ok: true;
      /** One for each transaction but the coinbase, in order; none in an assumed block. */
      readonly scripts: readonly ScriptJob[];
      /** Of all ordinary transactions; zero in an assumed block. */
      readonly fees: Amount;
      /** What `HeaderRecord.hashProof` is; zero where the kernel's coin is not known. */
      readonly hashProof: Hash256;
      /** The last word, from the outcomes of all jobs in their order. */
      settle(outcomes: readonly ScriptOutcome[]): Verdict;
    };
