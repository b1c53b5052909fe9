import type { Tip } from "#shared/coins/tip.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import {
  type Candidate,
  judgeLoose,
  judgePooled,
  judgeScripts,
  type PoolEnv,
  poolScripts,
} from "#shared/consensus/policy/judge-pool.ts";
import { type PolicyError, policyError } from "#shared/consensus/policy/policy-error.ts";
import { type Height, height, type UnixSeconds } from "#shared/primitives/brand.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { readAncestorTimes } from "../ancestor-times.ts";
import { readLooseCoins } from "../read-coins.ts";
import type { MempoolDeps } from "./deps.ts";
import type { PoolTable } from "./pool-table.ts";

/** The chain as a transaction is judged by it. */
export interface Place {
  readonly tip: Tip;
  /** Header of the tip. */
  readonly parent: HeaderRecord;
}

export interface NewcomerOptions {
  /** Base units per 1,000 bytes; `undefined`: any fee. */
  readonly feeRateMax: bigint | undefined;
  /** A block or the pool had it before: its fee was enough. */
  readonly isPaid: boolean;
  /** Its scripts passed before: they say the same for ever. */
  readonly wasVerified: boolean;
}

/** A transaction with all that was read for it, to be judged as often as the pool changes. */
export class Newcomer {
  readonly tx: HashedTransaction;
  readonly place: Place;
  readonly #deps: MempoolDeps;
  readonly #table: PoolTable;
  readonly #options: NewcomerOptions;
  #coins: CoinsReader | undefined;
  #medianTimeAt: ((at: Height) => UnixSeconds) | undefined;

  constructor(
    tx: HashedTransaction,
    at: { readonly place: Place; readonly deps: MempoolDeps; readonly table: PoolTable },
    options: NewcomerOptions,
  ) {
    this.tx = tx;
    this.place = at.place;
    this.#deps = at.deps;
    this.#table = at.table;
    this.#options = options;
  }

  /** Everything but the scripts; nothing is read for what is bad alone. Reads at the first call. */
  async prepare(): Promise<Result<Candidate, PolicyError>> {
    const { policy, network, clock } = this.#deps;
    const { graph } = this.#table;
    const params = network.consensus;
    const env = { params, policy, parent: this.place.parent, now: clock.now() };
    const loose = judgeLoose(this.tx, env);
    if (loose !== undefined) return { ok: false, error: loose };
    if (graph.get(toHashHex(this.tx.txid)) !== undefined) {
      return { ok: false, error: policyError("txn-already-in-mempool") };
    }
    this.#coins = await readLooseCoins(
      this.tx,
      {
        view: this.place.tip,
        isPooled: (txid) => this.#table.graph.get(toHashHex(txid)) !== undefined,
      },
      this.#deps.coins,
    );
    await this.#readTimes(this.#coins);
    return this.judge();
  }

  /** The same by the pool as it is now, at once. @throws RangeError before `prepare` */
  judge(): Result<Candidate, PolicyError> {
    const coins = this.#coins;
    const medianTimeAt = this.#medianTimeAt;
    if (coins === undefined || medianTimeAt === undefined) {
      throw new RangeError("judged before its coins were read");
    }
    const { network, policy, clock } = this.#deps;
    const env: PoolEnv = {
      params: network.consensus,
      policy,
      parent: this.place.parent,
      now: clock.now(),
      graph: this.#table.graph,
      coins,
      rollingRate: this.#table.rate(),
      feeRateMax: this.#options.feeRateMax,
      isPaid: this.#options.isPaid,
      medianTimeAt,
    };
    return judgePooled(this.tx, env);
  }

  /** Run the scripts of every input. */
  async verify(candidate: Candidate): Promise<PolicyError | undefined> {
    if (this.#options.wasVerified) return undefined;
    const jobs = poolScripts(this.tx, candidate, this.#deps.network.consensus);
    return judgeScripts(await this.#deps.scripts.verify(jobs));
  }

  /** Ids of transactions that it spends from and nobody knows. */
  missing() {
    const { graph } = this.#table;
    const next = height(this.place.parent.height + 1);
    const unknown = this.tx.inputs.filter(
      ({ prevout }) =>
        graph.coin(prevout, next) === undefined && this.#coins?.coin(prevout) === undefined,
    );
    return [...new Set(unknown.map(({ prevout }) => toHashHex(prevout.txid)))];
  }

  async #readTimes(confirmed: CoinsReader): Promise<void> {
    const { graph } = this.#table;
    const next = height(this.place.parent.height + 1);
    const coins: Pick<CoinsReader, "coin"> = {
      coin: (outpoint) => graph.coin(outpoint, next) ?? confirmed.coin(outpoint),
    };
    const where = { view: this.place.tip, coins };
    this.#medianTimeAt = await readAncestorTimes([this.tx], where, this.#deps);
  }
}
