import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { type Reason, reasonOf } from "./reason.ts";

/** What a city can find out about itself. */
export interface CityFacts {
  readonly now: UnixSeconds;
  /** Of the process that answers. */
  readonly phase: { readonly name: string; readonly since: UnixSeconds };
  readonly tip: { readonly height: number; readonly time: UnixSeconds };
  /** Height of the best header known, of its own or of what its peers say. */
  readonly bestHeight: number;
  /** Of the network, as most outbound peers say; headers say less of a city that is far behind. */
  readonly networkHeight?: number | undefined;
  /** Of the index; -1 while it has none. */
  readonly indexHeight: number;
  /** What is wrong with the tip as it is stored; `undefined`: nothing. */
  readonly broken: string | undefined;
  /** Whether its coins came from a snapshot that no replay has confirmed yet. */
  readonly assumed: boolean;
  /** Whether a replay came to other coins than that snapshot holds. */
  readonly refuted?: boolean;
  /** Connected nodes; `undefined` where none is needed, or there is no way to any. */
  readonly peers: number | undefined;
  /** Seconds since the peer process last said that it lives; `undefined` where it is this process. */
  readonly silentSeconds: number | undefined;
  /** Messages that nobody could work off. */
  readonly deadLetters: number;
  /** Age of the oldest hint that waits to be connected. */
  readonly oldestHintSeconds: number;
}

/** What is still well. */
export interface CityLimits {
  /** Blocks behind the best header. */
  readonly blocksMax: number;
  /** Of the tip; `undefined`: any age. */
  readonly ageSecondsMax: number | undefined;
  /** Blocks behind beyond which a task had better load it; absent where there is none. */
  readonly loadBlocks?: number | undefined;
}

/** Blocks that an index may be behind the chain. */
const INDEX_BLOCKS_MAX = 1;
/** Two heartbeats that did not come: a process beats once a minute. @source cloud.md 3.1 */
export const SILENT_SECONDS_MAX = 120;
const LOAD_DUE =
  "exos fleet load <city>: it catches up by itself, but slowly and at ten times the price";
const REFUTED = {
  text: "The coins came from a snapshot that a replay from genesis refuted",
  fix: "exos fleet load <city> --from genesis --refill",
  out: true,
};
/** A hint to connect is delivered again after 90 s: this one failed three times in a row. */
const HINT_SECONDS_MAX = 270;

/**
 * Everything that speaks against relying on a city, as far as it can tell by itself; a port that
 * answers is not health. Whether it agrees with the others, those who ask all of them judge.
 * @source cloud.md 10; interfaces.md 7.2
 */
export function judgeCity(facts: CityFacts, limits: CityLimits): Reason[] {
  const { now, phase, tip } = facts;
  const indexLag = tip.height - facts.indexHeight;
  const age = now - tip.time;
  const { ageSecondsMax, blocksMax, loadBlocks = Number.POSITIVE_INFINITY } = limits;
  const saidLag = (facts.networkHeight ?? 0) - tip.height;
  // What peers say is no header: a city leaves rotation by it where it is far behind alone.
  const isFar = saidLag > loadBlocks && saidLag > facts.bestHeight - tip.height;
  const lag = isFar ? saidLag : facts.bestHeight - tip.height;
  const before = (seconds: number) => unixSeconds(Math.max(0, now - seconds));
  const reasons: Reason[] = [];
  const add = (bad: boolean, ...reason: Parameters<typeof reasonOf>) => {
    if (bad) reasons.push(reasonOf(...reason));
  };

  add(phase.name !== "ready", "phase", { text: `The node is ${phase.name}`, since: phase.since });
  add(lag > blocksMax, "behind", {
    text: `${lag} blocks behind ${isFar ? "what peers say" : "the best header"}`,
    since: before(age),
    ...(lag > loadBlocks && { fix: LOAD_DUE }),
  });
  add(indexLag > INDEX_BLOCKS_MAX, "index", {
    text: `The index is ${indexLag} blocks behind`,
    since: before(age),
  });
  add(ageSecondsMax !== undefined && age > ageSecondsMax, "stale", {
    text: `The tip is ${age} s old`,
    since: before(age - (ageSecondsMax ?? 0)),
  });
  add(facts.broken !== undefined, "store", { text: facts.broken ?? "", since: now });
  add(facts.peers === 0, "peers", { text: "No peer is connected", since: now });
  const silent = facts.silentSeconds ?? 0;
  add(silent > SILENT_SECONDS_MAX, "silent", {
    text: `The peer process said nothing for ${silent} s`,
    since: before(silent),
  });
  const { oldestHintSeconds: oldest, deadLetters } = facts;
  add(oldest > HINT_SECONDS_MAX, "commit", {
    text: `A block waits to be connected for ${oldest} s`,
    since: before(oldest),
  });
  add(deadLetters > 0, "dead-letters", { text: `${deadLetters} dead letters`, since: now });
  add(facts.assumed, "assumed", {
    text: "The coins came from a snapshot that is not confirmed yet",
    since: now,
    ...(facts.refuted === true && REFUTED),
  });
  return reasons;
}
