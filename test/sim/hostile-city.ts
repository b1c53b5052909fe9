import { checkBlock } from "#services/validate/check-block.ts";
import { connectHinted } from "#services/validate/connect-hinted.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { handleBatch } from "#shared/adapters/aws/lambda-batch.ts";
import type { ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { runScripts } from "#shared/adapters/embedded/run-scripts.ts";
import { genesisTip, type Tip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { blockHint } from "#shared/messages/block-hint.ts";
import { parseBlockHint } from "#shared/messages/parse-block-hint.ts";
import { CONNECT_GROUP, connectId, readConnectHint } from "#shared/messages/queue-hints.ts";
import { readHint } from "#shared/messages/read-hint.ts";
import { tickHint } from "#shared/messages/tick-hint.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import type { ChainBlock } from "../support/forked-chain.ts";
import { type CityDeps, sharedValidator } from "../support/shared-validator.ts";
import { type HostileMessage, HostileQueue } from "./hostile-queue.ts";
import { SteppedWorker } from "./stepped-workers.ts";

const NOW = unixSeconds(1_795_000_000);
/** Seconds of the lease that a loader took before it froze. */
const LEASE_SECONDS = 120;
const HOUR = 3_600;
const KILLED = 0.004;
const FROZEN = 0.002;
const { wire, dialect } = exosRegtest.consensus;

/** What peers hand in, and the block that fells whoever reads it. */
export interface HostileBlocks {
  readonly blocks: readonly ChainBlock[];
  readonly poison: HashHex;
}

/** Shared stores and hostile queues of one city, and its workers, whose luck is one seed. */
export class HostileCity {
  readonly deps: CityDeps;
  readonly failures: string[] = [];
  /** Whether nobody is killed or frozen any more; the queues stay as they are. */
  isCalm = false;
  readonly count = { killed: 0, frozen: 0, commits: 0, lostRaces: 0, ticks: 0 };
  readonly blocks: HostileQueue;
  readonly connect: HostileQueue;
  readonly #clock: ManualClock;
  readonly #dice: () => number;
  readonly #poison: HashHex;
  readonly #left: ChainBlock[];
  readonly #log = createMemoryLog();
  readonly #workers = {
    peer: [new SteppedWorker()],
    check: [new SteppedWorker(), new SteppedWorker()],
    connect: [new SteppedWorker(), new SteppedWorker(), new SteppedWorker()],
  };
  #last: Tip | undefined;
  #minute = 0;

  constructor(dice: () => number, { blocks, poison }: HostileBlocks) {
    this.#dice = dice;
    this.#poison = poison;
    this.#left = [...blocks];
    const base = sharedValidator(exosRegtest, NOW);
    // The base is made on a manual clock.
    this.#clock = base.clock as ManualClock;
    const queue = (visibleSeconds: number, receivesMax: number, idOf?: (text: string) => string) =>
      new HostileQueue({
        dice,
        nowSeconds: () => this.#clock.now(),
        lost: 0.1,
        doubled: 0.3,
        visibleSeconds,
        receivesMax,
        ...(idOf === undefined ? {} : { idOf }),
      });
    this.blocks = queue(180, 5);
    this.connect = queue(90, 8, (text) => {
      const hint = readConnectHint(text);
      return hint === undefined ? text : connectId(hint, this.#clock.now());
    });
    const scripts = {
      verify: async (jobs: Parameters<typeof runScripts>[0]) => runScripts(jobs, { wire, dialect }),
    };
    this.deps = {
      ...base,
      log: this.#log,
      scripts,
      coins: this.#watched(base.coins),
      connect: this.connect,
    };
  }

  get nowSeconds(): number {
    return this.#clock.now() - NOW;
  }

  /** Somebody takes the lease `load` and freezes; an hour later he writes the tip he had in mind. */
  async load(): Promise<void> {
    await this.deps.shared.leases.take("load", {
      owner: "loader",
      now: NOW,
      seconds: LEASE_SECONDS,
    });
  }

  /** @returns whether the loader that woke could put his tip over the city's */
  wake(): Promise<boolean> {
    return this.deps.coins.commit(0, genesisTip(genesisRecord(exosRegtest)));
  }

  /** Let one thing happen, or, when nothing can, time go on. */
  async step(): Promise<void> {
    const now = this.#clock.now();
    const all = [...this.#workers.peer, ...this.#workers.check, ...this.#workers.connect];
    const able = all.filter((worker) => !worker.isIdle && !worker.isFrozen(now));
    if (this.#dice() < 0.3 && (await this.#begin())) return;
    const worker = able[Math.floor(this.#dice() * able.length)];
    if (worker === undefined) {
      if (!(await this.#begin())) await this.#wait();
      return;
    }
    const luck = this.isCalm ? 1 : this.#dice();
    const isPeer = this.#workers.peer.includes(worker);
    if (luck < KILLED) {
      this.count.killed++;
      await worker.kill();
    } else if (luck < KILLED + FROZEN && !isPeer) {
      this.count.frozen++;
      worker.freeze(now + HOUR);
    } else await worker.step();
    if (this.#dice() < 0.02) await this.#pass(1 + Math.floor(this.#dice() * 20));
  }

  get alarms(): number {
    return this.#log.records.filter(({ code }) => code === "EXOS-E8111").length;
  }

  /** Give an idle worker something to do. @returns whether there was anything */
  async #begin(): Promise<boolean> {
    const { peer, check, connect } = this.#workers;
    const roles = [
      () => this.#beginPeer(peer),
      () => this.#beginCheck(check),
      () => this.#beginConnect(connect),
    ];
    const first = Math.floor(this.#dice() * roles.length);
    for (let turn = 0; turn < roles.length; turn++) {
      if ((await roles[(first + turn) % roles.length]?.()) === true) return true;
    }
    return false;
  }

  async #beginPeer(workers: readonly SteppedWorker[]): Promise<boolean> {
    const worker = workers.find(({ isIdle }) => isIdle);
    if (worker === undefined || this.#left.length === 0) return false;
    const tip = await this.deps.coins.tip();
    if (tip === undefined) return false;
    const at = Math.floor(this.#dice() * Math.min(this.#left.length, 6));
    const block = this.#left[at];
    if (block === undefined) return false;
    await worker.start(async (me) => {
      const taken = await storeBlock(block.bytes, this.#behind(me));
      // A parent that has not come yet: the peer sends the block again.
      if (taken.state === "orphan") return;
      this.#left.splice(this.#left.indexOf(block), 1);
      if (taken.state === "accepted" && taken.heavier) {
        this.blocks.put(JSON.stringify(blockHint("block", block.record.hash)), "10.1");
      } else if (!["accepted", "known", "refused"].includes(taken.state))
        this.failures.push(`stored: ${taken.state}`);
    });
    return true;
  }

  #beginCheck(workers: readonly SteppedWorker[]): Promise<boolean> {
    return this.#deliver(this.blocks, workers, (message, me) =>
      handleBatch(eventOf(message), {
        read: (text) => readHint(text, [parseBlockHint]),
        handle: ({ hash }, delivery) =>
          checkBlock(hash, delivery, { ...this.#behind(me), announce: this.deps.shared.announce }),
        log: this.#log,
        order: "apart",
      }),
    );
  }

  #beginConnect(workers: readonly SteppedWorker[]): Promise<boolean> {
    return this.#deliver(this.connect, workers, (message, me) =>
      handleBatch(eventOf(message), {
        read: readConnectHint,
        handle: (_, { attempt }) =>
          connectHinted({ attempt, deadlineMs: Number.POSITIVE_INFINITY }, this.#behind(me)),
        log: this.#log,
        order: "as-one",
      }),
    );
  }

  async #deliver(
    queue: HostileQueue,
    workers: readonly SteppedWorker[],
    handle: (message: HostileMessage, me: SteppedWorker) => ReturnType<typeof handleBatch>,
  ): Promise<boolean> {
    const worker = workers.find(({ isIdle }) => isIdle);
    const message = worker === undefined ? undefined : queue.receive();
    if (worker === undefined || message === undefined) return false;
    await worker.start(async (me) => {
      const { batchItemFailures } = await handle(message, me);
      if (batchItemFailures.length === 0) queue.delete(message);
    });
    return true;
  }

  /** The city's ports as one worker has them: each call is a step, and one body is deadly. */
  #behind(me: SteppedWorker): CityDeps {
    const { blocks } = this.deps;
    const deadly: typeof blocks = {
      ...blocks,
      get: async (hash) =>
        hash === this.#poison && this.#isRead(me) ? me.collapse() : blocks.get(hash),
    };
    return {
      ...this.deps,
      blocks: me.behind(deadly),
      headers: me.behind(this.deps.headers),
      coins: me.behind(this.deps.coins),
      follow: me.behind(this.deps.follow),
      shared: {
        tries: me.behind(this.deps.shared.tries),
        leases: me.behind(this.deps.shared.leases),
        heartbeats: me.behind(this.deps.shared.heartbeats),
        notice: me.behind(this.deps.shared.notice),
        announce: me.behind(this.deps.shared.announce),
        operators: me.behind(this.deps.shared.operators),
      },
    };
  }

  /** Storing a block looks whether its body is there; only who judges it falls. */
  #isRead(me: SteppedWorker): boolean {
    return this.#workers.connect.includes(me);
  }

  /** Nothing can happen before the next message is visible, a worker thaws, or a minute begins. */
  async #wait(): Promise<void> {
    const now = this.#clock.now();
    const next = [this.blocks.nextSeconds, this.connect.nextSeconds].filter(
      (at) => at !== undefined,
    );
    const until = Math.min(60 - (now % 60), ...next.map((at) => Math.max(1, at - now)));
    await this.#pass(until);
  }

  async #pass(seconds: number): Promise<void> {
    this.#clock.advance(seconds * 1_000);
    const minute = Math.floor(this.#clock.now() / 60);
    if (minute === this.#minute) return;
    this.#minute = minute;
    await this.#tick();
  }

  /** What the watch does: it hints where a candidate outweighs the tip, or there is none yet. */
  async #tick(): Promise<void> {
    this.count.ticks++;
    const tip = await this.deps.coins.tip();
    const heavier =
      tip === undefined || (await this.deps.headers.candidates(tip.work, 1)).length > 0;
    if (heavier) await this.connect.send(tickHint(), CONNECT_GROUP);
    // What nobody can read, from whoever sends such things.
    if (this.#dice() < 0.1) this.connect.put(`{"v":9,"kind":"tick","n":${minute(this.#clock)}}`);
  }

  /** The store, and what no commit may do. */
  #watched(store: CoinStore): CoinStore {
    return {
      ...store,
      commit: async (expectedRev, next) => {
        const isDone = await store.commit(expectedRev, next);
        if (!isDone) {
          this.count.lostRaces++;
          return false;
        }
        this.count.commits++;
        const before = this.#last;
        this.#last = next.tip;
        if (before === undefined) return true;
        if (next.tip.work <= before.work) this.failures.push("work did not rise");
        if (next.tip.final < before.final) this.failures.push("final fell");
        if (next.tip.rev !== before.rev + 1) this.failures.push("rev did not rise by one");
        return true;
      },
    };
  }
}

const minute = (clock: ManualClock): number => Math.floor(clock.now() / 60);

const eventOf = ({ text, receives, group }: HostileMessage) => ({
  Records: [
    {
      messageId: "1",
      body: text,
      attributes: { ApproximateReceiveCount: `${receives}`, MessageGroupId: group },
    },
  ],
});
