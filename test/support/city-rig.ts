import { type CityPorts, openCityIngest } from "#services/ingest/city/open-city-ingest.ts";
import { CONNECTION_DEFAULTS } from "#services/ingest/connections/settings.ts";
import { composeArrivals } from "#services/validate/compose-arrivals.ts";
import { createValidator } from "#services/validate/core.ts";
import { MemoryAddressBook } from "#shared/adapters/embedded/memory-address-book.ts";
import { MemoryBanList } from "#shared/adapters/embedded/memory-ban-list.ts";
import { createMemoryHeartbeats } from "#shared/adapters/embedded/memory-heartbeats.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { createMemoryRawTransactions } from "#shared/adapters/embedded/memory-raw-transactions.ts";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import { createMemoryWorkQueue } from "#shared/adapters/embedded/memory-work-queue.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { AnnounceHint } from "#shared/messages/queue-hints.ts";
import { tipHint } from "#shared/messages/tip-hint.ts";
import type { TransactionHint } from "#shared/messages/transaction-hint.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Endpoint } from "#shared/ports/transport.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "./memory-validator.ts";

/** What a test says about a city. */
export interface CityRigOptions {
  readonly clock: Clock;
  /** The machine's; the same unless given. */
  readonly wall?: Pick<Clock, "now">;
  readonly connect?: readonly Endpoint[];
  /** Who stakes beside it; nobody unless given. */
  readonly stake?: CityPorts["stake"];
  /** Who packs; nobody unless given. */
  readonly pack?: CityPorts["pack"];
}

/** The peer process of a city over ports in memory, and the rest of the city as one function. */
export async function openCityRig(
  network: Network,
  { clock, wall = clock, connect = [], stake, pack = async () => 0 }: CityRigOptions,
) {
  const log = createMemoryLog();
  const deps = { ...memoryValidator(network, unixSeconds(0)), clock, log };
  const validator = createValidator(deps);
  await validator.tip();
  const queue = <Message>(name: string) =>
    createMemoryWorkQueue<Message>({
      name,
      clock,
      log: deps.log,
      concurrency: 1,
      visibilityMs: 1_000,
      attemptsMax: 3,
    });
  const blocks = queue<BlockHint>("blocks");
  const transactions = queue<TransactionHint>("transactions");
  const announce = queue<AnnounceHint>("announce");
  const notice = createMemoryTipNotice();
  const heartbeats = createMemoryHeartbeats();
  const entropy = createSystemEntropy();
  const pool = createMemoryPool();
  const raw = createMemoryRawTransactions(clock);
  const ports: CityPorts = {
    ...deps,
    wall,
    checkpoints: "assert",
    transport: createTcpTransport(),
    entropy,
    book: new MemoryAddressBook({ clock, entropy, routableOnly: false }),
    bans: new MemoryBanList(clock),
    resolve: async () => [],
    adjustTime: () => undefined,
    pool,
    raw,
    notice,
    heartbeats,
    queues: { blocks, transactions },
    announce,
    metrics: { ...deps.metrics, flush: () => undefined },
    pack,
    stake,
    arrivals: (stores) => composeArrivals({ ...deps, ...stores }),
  };
  const city = await openCityIngest(ports, {
    ...CONNECTION_DEFAULTS,
    listen: [{ host: "127.0.0.1", port: 0 }],
    connect,
    seeds: [],
    portDefault: network.ports.p2p,
    development: true,
    userAgent: "/city/",
  });
  return {
    ...{
      deps,
      log,
      validator,
      city,
      blocks,
      transactions,
      announce,
      notice,
      heartbeats,
      pool,
      raw,
    },
    /** Connect what is stored, as the functions of the city do. @param told whether anybody hears */
    async connectStored(told = true): Promise<void> {
      const { tip } = await validator.connect();
      await notice.put(tip);
      if (told) await announce.send(tipHint(tip));
    },
  };
}
