import { join } from "node:path";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { fillGeneration, importSnapshot } from "#shared/adapters/embedded/import-snapshot.ts";
import { fetchSnapshot, readSnapshotName } from "#shared/adapters/embedded/snapshot-files.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { segmentEnd } from "#shared/coins/segment.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Snapshots } from "#shared/ports/snapshots.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex, Height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Disk } from "./compose-disk.ts";

import type { LoadedSet } from "./load/switch-generation.ts";

type Filling = Pick<CoinStore, "createGeneration" | "apply" | "dropGeneration">;

/** Fills a generation at once, when everything was applied. */
interface SetImport {
  readonly coins: Filling;
  /** @returns `false` where there is no such way, and nothing was made */
  finish(generation: number): Promise<boolean>;
}

/** Where a set goes. */
export interface FillOptions {
  readonly network: Network;
  readonly city: Filling;
  /** A cheaper way there, by files beside the set of this name, where the endpoint has it. */
  readonly importing?: (name: string) => SetImport;
  readonly log: Pick<Log, "info">;
}

/** A set in a folder. */
export interface WrittenSet {
  readonly path: string;
  /** Every block above the snapshot that it began with was judged here. */
  readonly muhash: HashHex;
  /** Whether it began with a snapshot. */
  readonly assumed: boolean;
}

/** Where a chain may begin. */
export interface SetSource {
  readonly snapshots: Snapshots;
  /** The set hash that somebody vouches for; needed but on networks for development. */
  readonly trust: HashHex | undefined;
  /** Height of the set where the city that is loaded judged all of it itself. */
  readonly judged?: Height;
}

type RestoreOptions = Pick<FillOptions, "network"> & {
  readonly log: Pick<Log, "info" | "warn">;
  readonly segmentBlocks: number;
};

/**
 * Begin with the newest snapshot that may be trusted, where the stores have no chain yet. One that
 * does not end with a segment is of so young a chain that all of it is judged instead; so is
 * everything where the city's own snapshot is damaged, which would only have been quicker.
 *
 * @throws StoreFault `EXOS-E8133` where there is none, `EXOS-E1013` where another city's is damaged
 * @source cloud.md 5.4
 */
export async function restoreSet(
  disk: Disk,
  from: SetSource,
  options: RestoreOptions,
): Promise<void> {
  if ((await disk.stores.coins.tip()) !== undefined) return;
  try {
    await restore(disk, from, options);
  } catch (cause) {
    const isDamaged = cause instanceof StoreFault && cause.code === "EXOS-E1013";
    if (!isDamaged || from.judged === undefined) throw cause;
    options.log.warn("EXOS-E1013", "the city's own snapshot is left", { err: cause.message });
  }
}

async function restore(
  { stores, folder }: Disk,
  from: SetSource,
  { network, log, segmentBlocks }: RestoreOptions,
): Promise<void> {
  const wish = { network, trust: from.trust };
  const path = join(folder.path, "from");
  const fetched = await fetchSnapshot(from.snapshots, wish, path);
  if (!fetched.ok) {
    const asked = from.trust === undefined ? network.name : `${network.name} with ${from.trust}`;
    const why = fetched.error.map((one) => ` ${one}.`).join("");
    throw new StoreFault(`There is no snapshot of ${asked} that may be trusted.${why}`, {
      retryable: false,
      code: "EXOS-E8133",
    });
  }
  const { height, hash, muhash } = fetched.value;
  if (segmentEnd(height, segmentBlocks) !== height) {
    log.info("snapshot of a young chain left", { height });
    return;
  }
  await importSnapshot({ ...stores, ...wish }, path);
  log.info("snapshot taken", { height, hash, muhash });
}

/**
 * Write the set at the end of the newest segment that is final, which no tip of the city leaves again;
 * of a chain that is too short for one, at its newest final block.
 *
 * @source cloud.md 5.3, 5.4
 */
export async function writeSet(
  { stores, folder }: Disk,
  options: Pick<FillOptions, "network"> & {
    readonly userAgent: string;
    readonly segmentBlocks: number;
  },
): Promise<WrittenSet> {
  const { network, userAgent, segmentBlocks } = options;
  const tip = await stores.coins.tip();
  const final = (tip?.height ?? 0) - network.consensus.reorgBlocksMax;
  if (tip === undefined || final <= 0) throw nothingFinal(tip?.height ?? 0);
  const end = segmentEnd(final, segmentBlocks);
  const at = Math.max(end > 0 ? end : final, tip.floor);
  const path = join(folder.path, `set-${at}`);
  const source = { network, program: userAgent, ...stores };
  const { muhash, hash } = await exportSnapshot(source, path, at);
  const noted = (await stores.headers.get(hash))?.totals;
  const { dialect } = network.consensus;
  const counted = noted && toHashHex(RunningTotals.decode(dialect, noted).totals().muhash);
  if (counted !== undefined && counted !== muhash) {
    throw new StoreFault(
      `The set at ${at} has the hash ${muhash}, and ${counted} by its changes.`,
      { retryable: false, code: "EXOS-E1004" },
    );
  }
  return { path, muhash, assumed: tip.floor > 0 };
}

function nothingFinal(height: number): StoreFault {
  return new StoreFault(
    `The chain ends at ${height} and nothing of it is final: nothing to load.`,
    { retryable: false, code: "EXOS-E8132" },
  );
}

/** Fill a new generation of the city with a set that was written here. */
export async function fillSet(
  { path, muhash, assumed }: WrittenSet,
  { network, city, importing, log }: FillOptions,
): Promise<LoadedSet> {
  // Headers go where the chain is copied.
  const headers = { put: () => Promise.resolve() };
  const target = { network, coins: city, headers, trust: muhash };
  const byFiles = importing?.(readSnapshotName(path));
  const imported = byFiles && (await fillGeneration({ ...target, coins: byFiles.coins }, path));
  const isDone = imported !== undefined && (await byFiles?.finish(imported.generation)) === true;
  log.info("generation filled", { by: isDone ? "ImportTable" : "updates" });
  const { manifest, ...set } = isDone ? imported : await fillGeneration(target, path);
  return { ...set, at: manifest, assumed };
}
