import { poolDoor } from "#services/cli/embedded/pool-door.ts";
import { composeEmbedded } from "#services/ingest/compose-embedded.ts";
import { type Connections, openConnections } from "#services/ingest/connections/connections.ts";
import { CONNECTION_DEFAULTS } from "#services/ingest/connections/settings.ts";
import { runIngest } from "#services/ingest/container.ts";
import { createStaker, type Staker } from "#services/stake/core.ts";
import { runMempool, runValidate } from "#services/validate/container.ts";
import { createValidator, type Validator } from "#services/validate/core.ts";
import { createMempool, type MempoolService } from "#services/validate/mempool.ts";
import type { ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { MemoryAddressBook } from "#shared/adapters/embedded/memory-address-book.ts";
import { MemoryBanList } from "#shared/adapters/embedded/memory-ban-list.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import type { MemoryNet } from "#shared/adapters/embedded/memory-transport.ts";
import {
  createMemoryWorkQueue,
  type MemoryWorkQueue,
} from "#shared/adapters/embedded/memory-work-queue.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import type { Network } from "#shared/consensus/params.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { AcceptedHint } from "#shared/messages/accepted-hint.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import type { SavedTransaction } from "#shared/ports/pool.ts";
import { memoryValidator } from "../support/memory-validator.ts";

/** What all cities share. */
export interface CityWorld {
  readonly network: Network;
  readonly clock: ManualClock;
  readonly net: MemoryNet;
}

const PORT = 4_562;

/** What runs between a start and a stop. */
export interface RunningCity {
  readonly validator: Validator;
  readonly mempool: MempoolService;
  readonly staker: Staker;
  readonly connections: Connections;
  stop(): Promise<void>;
}

/**
 * A full node on stores in memory, which outlive its restarts, among others on a virtual network
 * and a virtual clock: the services and loops of a real one.
 */
export class SimCity {
  readonly host: string;
  readonly stores: ReturnType<typeof memoryValidator>;
  /** Loops that ended with a failure, which none may. */
  readonly failures: unknown[] = [];
  readonly #world: CityWorld;
  #saved: readonly SavedTransaction[] = [];
  #starts = 0;
  #running: RunningCity | undefined;

  constructor(host: string, world: CityWorld) {
    this.host = host;
    this.#world = world;
    this.stores = { ...memoryValidator(world.network, world.clock.now()), clock: world.clock };
  }

  /** The running services. @throws RangeError while it is stopped */
  get running(): RunningCity {
    if (this.#running === undefined) throw new RangeError(`${this.host} is stopped`);
    return this.#running;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** @param others hosts that it dials */
  async start(others: readonly string[]): Promise<void> {
    const { network, clock, net } = this.#world;
    const stop = new AbortController();
    const seed = `${this.host} ${this.#starts++}`;
    const queue = <Message>(name: string): MemoryWorkQueue<Message> => {
      const { log, metrics } = this.stores;
      const limits = { concurrency: 1, visibilityMs: 1_000, attemptsMax: 8, latestOnly: false };
      return createMemoryWorkQueue<Message>({ name, clock, log, metrics, ...limits });
    };
    const connect = queue<BlockHint>("connect");
    const tips = [queue<TipHint>("announce"), queue<TipHint>("pool")] as const;
    const accepted = queue<AcceptedHint>("relay");
    const follow = {
      async send(hint: TipHint) {
        for (const follower of tips) await follower.send(hint);
      },
    };
    const deps = { ...this.stores, connect, follow, connected: () => connect.idle() };
    let ingest: Awaited<ReturnType<typeof composeEmbedded>> | undefined;
    const validator = createValidator({ ...deps, rejected: (bad) => ingest?.rejected(bad) });
    const entropy = createSeededEntropy(seed);
    const policy = defaultPolicy(network);
    const kept = createMemoryPool();
    const mempool = createMempool({ ...deps, pool: kept, policy, entropy, accepted });
    const pool = poolDoor(mempool);
    ingest = await composeEmbedded({ ...deps, chain: validator, pool, checkpoints: "assert" });
    const own = ingest;
    const dialect = dialectOf(network);
    const connections = await openConnections(
      {
        ...deps,
        transport: net.transport(this.host),
        entropy,
        book: new MemoryAddressBook({ clock, entropy, routableOnly: false }),
        bans: new MemoryBanList(clock),
        protocol: { version: dialect.version, services: dialect.services },
        openSession: own.open,
        height: () => own.progress().height,
        resolve: async () => [],
        adjustTime: () => undefined,
      },
      {
        ...CONNECTION_DEFAULTS,
        listen: [{ host: this.host, port: PORT }],
        added: others.map((host) => ({ host, port: PORT })),
        onePerGroup: false,
        userAgent: "/sim/",
        portDefault: PORT,
        development: true,
      },
    );
    const file = {
      saved: this.#saved,
      save: async () => {
        const entries = await mempool.entries();
        this.#saved = entries.map(({ tx, time }) => ({ raw: tx.raw, time, unbroadcast: false }));
      },
    };
    const { log } = deps;
    const loops = [
      runValidate({ validator, connect, clock, flushWhenDue: deps.flushWhenDue }, stop.signal),
      runMempool({ mempool, file, follow: tips[1], clock, log }, stop.signal),
      runIngest({ ingest: own, announce: tips[0], accepted, clock }, stop.signal),
      connections.run(stop.signal),
    ].map((loop) => loop.catch((cause: unknown) => void this.failures.push(cause)));
    const submit = async (block: Uint8Array) => {
      const submission = await validator.submit(block);
      if (submission.state === "judged") return submission;
      throw new RangeError(submission.reason);
    };
    const { pause } = deps;
    const tip = () => validator.tip();
    this.#running = {
      validator,
      mempool,
      staker: createStaker({ network, clock, mempool, tip, pause, submit }),
      connections,
      stop: async () => {
        this.#running = undefined;
        stop.abort();
        await connections[Symbol.asyncDispose]();
        await Promise.all(loops);
      },
    };
  }
}
