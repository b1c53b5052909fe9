import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Candidate } from "#shared/consensus/policy/judge-pool.ts";
import { type PolicyError, policyError } from "#shared/consensus/policy/policy-error.ts";
import type { MemberFacts } from "#shared/consensus/policy/pool-graph.ts";
import { acceptedHint } from "#shared/messages/accepted-hint.ts";
import { oneAfterTheOther } from "#shared/ports/in-turn.ts";
import type { PoolSource, PoolVerdict } from "#shared/ports/mempool.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { knownHeader, readTip } from "../tip-view.ts";
import type { MempoolDeps } from "./deps.ts";
import { entryOf, previewOf } from "./entry-of.ts";

import { mendPool } from "./mend-pool.ts";
import { judgeAgain, type Moving, moveTo } from "./move-to.ts";
import { Newcomer, type NewcomerOptions, type Place } from "./newcomer.ts";
import { Orphans } from "./orphans.ts";
import { PoolTable } from "./pool-table.ts";
import { RecentRejects } from "./recent-rejects.ts";

/** How one transaction is judged and kept. */
export interface Handling {
  readonly source: PoolSource;
  /** Base units per 1,000 bytes. */
  readonly feeRateMax?: bigint | undefined;
  /** When it entered first; now unless given. */
  readonly time?: UnixSeconds;
  readonly unbroadcast?: boolean;
  /** Judge, and leave everything as it is. */
  readonly dry?: true;
}

/**
 * The pool on its tip: what is judged is judged by one tip and one pool, and enters only if both are
 * still the same. Scripts run while others are judged; whatever writes has the lock.
 */
export class PoolKeeper {
  readonly table: PoolTable;
  readonly orphans: Orphans;
  readonly #turns = oneAfterTheOther();
  readonly #deps: MempoolDeps;
  readonly #rejects = new RecentRejects();
  #place: Place | undefined;
  /** Whether what counts in the store is here. */
  #isLoaded = false;
  /** Blocks brought these; orphans may wait for them. */
  #arrived = new Set<HashHex>();

  constructor(deps: MempoolDeps) {
    this.#deps = deps;
    this.table = new PoolTable(deps);
    this.orphans = new Orphans({ countMax: deps.policy.orphansMax, entropy: deps.entropy });
  }

  /** Where the pool stands; `undefined` before anything was asked of it. */
  get place(): Place | undefined {
    return this.#place;
  }

  isKnown(txid: HashHex): boolean {
    const isHere = this.table.shown.get(txid) !== undefined || this.orphans.has(txid);
    return isHere || this.#rejects.get(txid) !== undefined;
  }

  /** Do something with the pool and nothing meanwhile, and tell the store what has become of its size. */
  lock<T>(task: () => Promise<T>): Promise<T> {
    return this.#turns(async () => {
      const done = await task();
      await this.table.note();
      return done;
    });
  }

  /** Judge bytes, and whatever waited for them. */
  async handleBytes(raw: Uint8Array, handling: Handling): Promise<PoolVerdict> {
    // Views of a copy: what is kept holds no larger buffer, and nobody changes it.
    const decoded = decodeTransaction(raw.slice(), this.#deps.network.consensus.wire);
    if (!decoded.ok) return { state: "undecodable", reason: decoded.error.message };
    const verdict = await this.#handle(decoded.value, handling);
    if (verdict.state === "accepted" && handling.dry === undefined) {
      await this.#adopt(new Set([verdict.txid]));
    }
    return verdict;
  }

  /** Bring the pool to the tip, with the orphans that its blocks made whole. */
  async follow(): Promise<void> {
    await this.onTip(async () => undefined);
    const arrived = this.#arrived;
    this.#arrived = new Set();
    await this.#adopt(arrived);
  }

  /** Do something with the pool as it stands on the present tip, and nothing meanwhile. */
  onTip<T>(task: (place: Place) => Promise<T>): Promise<T> {
    return this.lock(async () => task(await this.#catchUp()));
  }

  /** Put right what other processes left in the store that does not count there. */
  async mend(): Promise<void> {
    const dangling = await this.#deps.pool.dangling();
    if (dangling.length === 0) return;
    await this.onTip(async (place) => {
      const counts = await mendPool(dangling, this.#moving(place));
      this.#deps.log.info("mempool: put right what did not count", {
        count: dangling.length,
        kept: counts,
      });
    });
  }

  async #handle(tx: HashedTransaction, handling: Handling): Promise<PoolVerdict> {
    const txid = toHashHex(tx.txid);
    let options: NewcomerOptions = {
      feeRateMax: handling.feeRateMax,
      isPaid: false,
      wasVerified: false,
    };
    for (;;) {
      const place = await this.onTip(async (now) => now);
      const before = handling.source === "peer" ? this.#rejects.get(txid) : undefined;
      if (before !== undefined) return { state: "refused", txid, error: before };
      const newcomer = this.#newcomer(tx, place, options);
      const judged = await newcomer.prepare();
      if (!judged.ok) return this.#refuse(newcomer, judged.error, handling);
      const failed = await newcomer.verify(judged.value);
      if (failed !== undefined) return this.#refuse(newcomer, failed, handling);
      if (handling.dry === true) return this.#preview(newcomer, judged.value);
      options = { ...options, wasVerified: true };
      const verdict = await this.lock(() => this.#settle(newcomer, handling));
      if (verdict !== undefined) return verdict;
    }
  }

  #newcomer(tx: HashedTransaction, place: Place, options: NewcomerOptions): Newcomer {
    return new Newcomer(tx, { place, deps: this.#deps, table: this.table }, options);
  }

  /** @returns `undefined` when the tip has moved: judge again */
  async #settle(newcomer: Newcomer, handling: Handling): Promise<PoolVerdict | undefined> {
    const tip = await this.#deps.coins.tip();
    if (tip?.rev !== newcomer.place.tip.rev) return undefined;
    if (this.table.graph.get(toHashHex(newcomer.tx.txid)) !== undefined) {
      return this.#refuse(newcomer, policyError("txn-already-in-mempool"), handling);
    }
    const judged = newcomer.judge();
    if (!judged.ok) return this.#refuse(newcomer, judged.error, handling);
    const error = await this.#enter(newcomer, judged.value, handling);
    if (error !== undefined) return this.#refuse(newcomer, error, handling);
    const replaced = judged.value.replaced.map(({ txid }) => txid);
    const txid = toHashHex(newcomer.tx.txid);
    const member = this.table.graph.get(txid);
    if (member === undefined) throw new RangeError("a transaction that entered is not there");
    const entry = entryOf(member, this.table.graph, this.table.unbroadcast);
    // Peers have heard of what a file held, unless it was our own.
    if (handling.source !== "file" || handling.unbroadcast === true) {
      await this.#deps.accepted.send(acceptedHint(txid));
    }
    return { state: "accepted", txid, entry, replaced };
  }

  async #enter(
    newcomer: Newcomer,
    candidate: Candidate,
    handling: Handling,
  ): Promise<PolicyError | undefined> {
    const facts = this.#factsOf(newcomer, candidate, handling.time);
    const unbroadcast = handling.unbroadcast ?? handling.source === "local";
    const { replaced } = candidate;
    const holder = await this.table.enter({ facts, replaced, unbroadcast });
    if (holder !== undefined) return policyError("txn-mempool-conflict", { txid: holder });
    this.orphans.remove(facts.txid);
    // Others may have filled the pool meanwhile: the summary tells.
    await this.table.note();
    await this.table.limit();
    return this.table.graph.get(facts.txid) === undefined ? policyError("mempool-full") : undefined;
  }

  #factsOf({ tx, place }: Newcomer, candidate: Candidate, time?: UnixSeconds): MemberFacts {
    const { fee, size, sigopCost } = candidate;
    const txid = toHashHex(tx.txid);
    const entered = time ?? this.#deps.clock.now();
    return { txid, tx, fee, size, sigopCost, time: entered, height: place.tip.height };
  }

  #preview(newcomer: Newcomer, candidate: Candidate): PoolVerdict {
    const facts = this.#factsOf(newcomer, candidate);
    const replaced = candidate.replaced.map(({ txid }) => txid);
    const entry = previewOf(facts, this.table.graph);
    return { state: "accepted", txid: facts.txid, entry, replaced };
  }

  #refuse(newcomer: Newcomer, error: PolicyError, { source, dry }: Handling): PoolVerdict {
    const { tx } = newcomer;
    const txid = toHashHex(tx.txid);
    const keeps = source === "peer" && dry === undefined;
    if (error.code === "bad-txns-inputs-missing") {
      const missing = newcomer.missing();
      const isHopeless = missing.some((parent) => this.#rejects.get(parent) !== undefined);
      if (keeps && !isHopeless) this.orphans.add(tx, this.#deps.clock.now());
      return { state: "orphan", txid, error, missing };
    }
    this.#forgetOrphan(txid, dry);
    // Whoever changes a witness changes nothing of the id: others may be right.
    const isWhole = tx.sizeTotal === tx.sizeStripped;
    if (keeps && isWhole && error.code !== "txn-already-in-mempool") this.#rejects.add(txid, error);
    return { state: "refused", txid, error };
  }

  #forgetOrphan(txid: HashHex, dry: true | undefined): void {
    if (dry === undefined) this.orphans.remove(txid);
  }

  /** Judge the orphans that wait for these, and those that wait for them. */
  async #adopt(arrived: ReadonlySet<HashHex>): Promise<void> {
    let parents = arrived;
    while (parents.size > 0) {
      const entered = new Set<HashHex>();
      for (const tx of this.orphans.waitingFor(parents)) {
        const verdict = await this.#handle(tx, { source: "peer" });
        if (verdict.state === "accepted") entered.add(verdict.txid);
      }
      parents = entered;
    }
  }

  /** Whoever calls has the lock. */
  async #catchUp(): Promise<Place> {
    const tip = await readTip(this.#deps);
    const before = this.#place;
    if (this.#isLoaded && before?.tip.rev === tip.rev) return before;
    const place = { tip, parent: await knownHeader(tip.hash, this.#deps) };
    await this.#load();
    await this.#bring(before?.parent, place);
    this.#place = place;
    return place;
  }

  /** @param before header of the tip on which this process left the pool */
  async #bring(before: HeaderRecord | undefined, place: Place): Promise<void> {
    const { kept } = this.#deps;
    if (before === undefined && kept?.by === "else") return;
    const from = before ?? (kept?.by === "us" ? kept.at : undefined);
    if (from === undefined) await this.#takeOver(place);
    else if (from.hash !== place.tip.hash) {
      this.#rejects.forget();
      await this.#move(from, place);
    }
  }

  async #load(): Promise<void> {
    if (this.#isLoaded) return;
    await this.table.load();
    this.#isLoaded = true;
  }

  /** A store that outlives a restart does not say on which tip it was left. */
  async #takeOver(place: Place): Promise<void> {
    if (this.table.graph.count === 0) return;
    this.#isLoaded = false;
    await judgeAgain([], this.#moving(place));
    this.#isLoaded = true;
  }

  async #move(before: HeaderRecord, place: Place): Promise<void> {
    try {
      const moved = await moveTo(place, before, this.#moving(place));
      for (const txid of moved.mined) this.#arrived.add(txid);
      for (const txid of moved.freed) await this.#deps.accepted.send(acceptedHint(txid));
    } catch (cause) {
      // Nothing of it is lost: the store has what counted, and the next call moves again.
      this.#isLoaded = false;
      await this.#load();
      throw cause;
    }
  }

  #moving(place: Place): Moving {
    return {
      deps: this.#deps,
      table: this.table,
      orphans: this.orphans,
      reenter: (tx, handling) => this.#reenter(tx, place, handling),
    };
  }

  /** Judge a transaction that was in a block or in the pool on another tip. */
  async #reenter(
    tx: HashedTransaction,
    place: Place,
    { wasMined, time }: { readonly wasMined: boolean; readonly time: UnixSeconds },
  ): Promise<boolean> {
    const options = { feeRateMax: undefined, isPaid: true, wasVerified: !wasMined };
    const newcomer = this.#newcomer(tx, place, options);
    const judged = await newcomer.prepare();
    if (!judged.ok || (await newcomer.verify(judged.value)) !== undefined) return false;
    const facts = this.#factsOf(newcomer, judged.value, time);
    const unbroadcast = this.table.unbroadcast.has(facts.txid);
    return (await this.table.enter({ facts, replaced: [], unbroadcast })) === undefined;
  }
}
