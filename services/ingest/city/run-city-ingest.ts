import type { Ingest } from "#services/ingest/core.ts";
import type { Network } from "#shared/consensus/params.ts";
import { heightPossible } from "#shared/fleet/load-gap.ts";
import type { AnnounceHint } from "#shared/messages/queue-hints.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Heartbeats } from "#shared/ports/heartbeats.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Peers } from "#shared/ports/peers.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import type { WorkSource } from "#shared/ports/work-queue.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { HeldTip } from "./held-tip.ts";
import { createBestLook } from "./look-at-best.ts";
import { networkHeight } from "./network-height.ts";
import type { CityPoolDoor } from "./pool-door.ts";
import { tellLoadDue } from "./tell-load-due.ts";

/** What the loops of the peer process of a city run on. */
export interface CityIngest {
  readonly ingest: Ingest;
  readonly peers: Pick<Peers, "list">;
  readonly announce: WorkSource<AnnounceHint>;
  readonly notice: Pick<TipNotice, "read">;
  readonly tip: HeldTip;
  readonly headers: Pick<HeaderStore, "get">;
  /** What is held of a header is no longer all that is known of it. */
  forget(hash: HashHex): void;
  readonly pool: Pick<CityPoolDoor, "refused">;
  readonly heartbeats: Pick<Heartbeats, "beat">;
  readonly metrics: { flush(): void };
  /** Put final blocks away. */
  pack(signal: AbortSignal): Promise<number>;
  /** Addresses in the book. */
  addresses(): number;
  readonly clock: Clock;
  /** The machine's, whatever peers say of the time: others of the city compare it with their own. */
  readonly wall: Pick<Clock, "now">;
  readonly network: Pick<Network, "consensus">;
  readonly log: Pick<Log, "error" | "warn" | "debug">;
}

/** How often it is looked what is due. */
const TICK_MS = 250;
/** A hint that was lost costs no more than this. @source cloud.md 2 */
const NOTICE_MS = 5_000;
const BEAT_MS = 60_000;
/** Long enough to be read as one event, short enough to be in the log of whoever looks. */
const DUE_MS = 600_000;
/** A segment is full every eighteen hours. */
const PACK_MS = 600_000;

/**
 * Tell peers of every new tip and transaction, do what is due, and give a sign of life, until the
 * signal is aborted.
 *
 * @throws StoreFault that no repetition heals
 */
export async function runCityIngest(city: CityIngest, signal: AbortSignal): Promise<void> {
  const failing = new AbortController();
  const end = AbortSignal.any([signal, failing.signal]);
  // Hints may have been lost while nobody listened.
  await follow(city);
  const lookAtBest = bestLookOf(city);
  const loops = [
    city.announce.consume((hint) => hear(hint, city), end),
    every(TICK_MS, () => city.ingest.tick(), { city, signal: end }),
    every(NOTICE_MS, () => lookAtNotice(city), { city, signal: end }),
    every(BEAT_MS, () => beat(city).then(lookAtBest), { city, signal: end }),
    every(DUE_MS, async () => tellLoadDue(heightKnown(city), city), { city, signal: end }),
    every(PACK_MS, () => pack(city, end), { city, signal: end }),
  ];
  const done = await Promise.allSettled(
    loops.map((loop) =>
      loop.catch((cause: unknown) => {
        failing.abort();
        throw cause;
      }),
    ),
  );
  for (const loop of done) if (loop.status === "rejected") throw loop.reason;
}

/** What a store refuses for now is tried again at the next turn. */
async function every(
  milliseconds: number,
  task: () => Promise<unknown>,
  { city, signal }: { readonly city: CityIngest; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await task();
    } catch (cause) {
      if (!(cause instanceof StoreFault) || !cause.retryable) throw cause;
      city.log.warn(cause.code ?? "EXOS-E8100", "tried again", { err: cause.message });
    }
    await sleepOrStop(city.clock, milliseconds, signal);
  }
}

/**
 * Nobody waits for a segment, and a city whose blocks lie loose is a whole city: what no repetition
 * heals is for its operator to see, while it goes on.
 */
async function pack(city: CityIngest, signal: AbortSignal): Promise<void> {
  try {
    await city.pack(signal);
  } catch (cause) {
    if (!(cause instanceof StoreFault) || cause.retryable) throw cause;
    city.log.error(cause.code ?? "EXOS-E8100", "blocks were not packed", { err: cause.message });
  }
}

async function follow({ tip, ingest }: CityIngest, toldRev?: number): Promise<void> {
  await tip.refresh(toldRev);
  await ingest.tipMoved();
}

/** The notice is small, the tip is not: it is read where the notice names another. */
async function lookAtNotice(city: CityIngest): Promise<void> {
  const noticed = await city.notice.read();
  if (noticed !== undefined && noticed.rev > (city.tip.held()?.rev ?? 0)) {
    await follow(city, noticed.rev);
  }
}

async function hear(hint: AnnounceHint, city: CityIngest): Promise<void> {
  switch (hint.kind) {
    case "tip":
      if (hint.rev > (city.tip.held()?.rev ?? 0)) await follow(city, hint.rev);
      return;
    case "accepted":
      city.ingest.accepted(hint.txid);
      return;
    case "bad":
      await hearBad(hint.hash, city);
  }
}

/** A hint carries no fact: what the table says of the hash decides who is blamed for it. */
async function hearBad(hash: HashHex, city: CityIngest): Promise<void> {
  city.forget(hash);
  const stored = await city.headers.get(hash);
  if (stored === undefined) {
    // Of no block: a transaction that the pool refused.
    city.pool.refused(hash);
  } else if (stored.rejected === undefined) {
    // Nothing is said of the hash, so it was the bytes, which are gone.
    city.ingest.lost(hash);
  } else {
    city.ingest.rejected({ record: stored.record, error: stored.rejected });
  }
}

function bestLookOf(city: CityIngest): () => Promise<void> {
  const { ingest, tip, headers, forget } = city;
  return createBestLook({
    ...{ headers, forget },
    best: () => ingest.best(),
    tip: () => tip.held(),
    bad: (hash) => hearBad(hash, city),
  });
}

function networkHeightNow({ clock, peers, ingest, network }: CityIngest): number | undefined {
  const possible = heightPossible(ingest.tip(), clock.now(), network.consensus);
  return networkHeight(peers.list(), possible);
}

/** The best of what headers show and of what peers say; 0 before either. */
function heightKnown(city: CityIngest): number {
  return Math.max(city.ingest.best()?.height ?? 0, networkHeightNow(city) ?? 0);
}

async function beat(city: CityIngest): Promise<void> {
  const { wall, peers, ingest, heartbeats } = city;
  const list = peers.list().filter(({ stage }) => stage === "ready");
  const peersIn = list.filter(({ kind }) => kind === "inbound").length;
  city.metrics.flush();
  await heartbeats.beat({
    service: "ingest",
    at: wall.now(),
    peersIn,
    peersOut: list.length - peersIn,
    bestHeader: ingest.best(),
    networkHeight: networkHeightNow(city),
    addresses: city.addresses(),
  });
}
