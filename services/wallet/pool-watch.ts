import type { WalletDeps } from "#services/wallet/deps.ts";
import type { Ownership, WatchList } from "#services/wallet/watch-list.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction, Outpoint, TxOutput } from "#shared/primitives/transaction.ts";

/** A transaction of the pool that pays the wallet or spends from it. */
export interface PoolTransaction {
  readonly tx: HashedTransaction;
  readonly txid: HashHex;
  /** When it entered the pool. */
  readonly entered: UnixSeconds;
  readonly replaceable: boolean;
  /** Whether every input is ours. */
  readonly ours: boolean;
}

/** An output of the pool that is ours. */
export interface PoolCoin {
  readonly outpoint: Outpoint;
  readonly output: TxOutput;
  readonly owner: Ownership;
  readonly from: PoolTransaction;
}

/** What waits in the pool and concerns the wallet. */
export interface PoolView {
  /** Newest first. */
  readonly transactions: readonly PoolTransaction[];
  readonly coins: readonly PoolCoin[];
}

/** Looks at each transaction of the pool once, as long as it stays and the keys are the same. */
export class PoolWatch {
  readonly #deps: Pick<WalletDeps, "pool" | "index">;
  readonly #watch: WatchList;
  #known = new Map<HashHex, PoolTransaction | undefined>();
  #keys = 0;

  constructor(deps: Pick<WalletDeps, "pool" | "index">, watch: WatchList) {
    this.#deps = deps;
    this.#watch = watch;
  }

  /** @param confirmed whether a transaction is in the chain already, as the index tells it */
  async read(confirmed: (txid: HashHex) => boolean): Promise<PoolView> {
    if (this.#keys !== this.#watch.size) this.#known = new Map();
    this.#keys = this.#watch.size;
    const known = new Map<HashHex, PoolTransaction | undefined>();
    for (const txid of await this.#deps.pool.ids()) {
      if (confirmed(txid)) continue;
      const seen = this.#known.has(txid);
      known.set(txid, seen ? this.#known.get(txid) : await this.#look(txid));
    }
    this.#known = known;
    const found = [...known.values()].filter((each) => each !== undefined);
    const transactions = found.toReversed().sort((a, b) => b.entered - a.entered);
    return { transactions, coins: transactions.flatMap((each) => this.#coinsOf(each)) };
  }

  /** @returns `undefined` for a transaction of strangers, or one that has left the pool */
  async #look(txid: HashHex): Promise<PoolTransaction | undefined> {
    const entry = await this.#deps.pool.get(txid);
    if (entry === undefined) return undefined;
    const { tx, time: entered, replaceable } = entry;
    const spent = await Promise.all(tx.inputs.map(({ prevout }) => this.#spent(prevout)));
    const own = spent.map((output) => this.#isOurs(output));
    const pays = tx.outputs.some((output) => this.#watch.ownership(output.scriptPubKey));
    if (!pays && !own.includes(true)) return undefined;
    return { tx, txid, entered, replaceable, ours: own.every((each) => each) };
  }

  #isOurs(output: Pick<TxOutput, "scriptPubKey"> | undefined): boolean {
    if (output === undefined) return false;
    return this.#watch.ownership(output.scriptPubKey)?.role === "owner";
  }

  async #spent(outpoint: Outpoint): Promise<Pick<TxOutput, "scriptPubKey"> | undefined> {
    const parent = await this.#deps.pool.get(toHashHex(outpoint.txid));
    if (parent !== undefined) return parent.tx.outputs[outpoint.index];
    return (await this.#deps.index.outputs([outpoint]))[0];
  }

  #coinsOf(from: PoolTransaction): PoolCoin[] {
    return from.tx.outputs.flatMap((output, index) => {
      const owner = this.#watch.ownership(output.scriptPubKey);
      const outpoint = { txid: from.tx.txid, index };
      return owner === undefined ? [] : [{ outpoint, output, owner, from }];
    });
  }
}
