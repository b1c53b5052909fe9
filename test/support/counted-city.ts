import { exportCity } from "#services/ingest/compose-export.ts";
import { packSegments } from "#services/ingest/pack-segments.ts";
import { createValidator } from "#services/validate/core.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemorySnapshots } from "#shared/adapters/embedded/memory-snapshots.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { mineOn, START } from "./load-rig.ts";
import { createMemoryRichList } from "./memory-rich-list.ts";
import { createMemorySegments } from "./memory-segments.ts";
import type { MinedBlock } from "./mine.ts";
import { sharedValidator } from "./shared-validator.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Blocks of it become final at once. */
export const HASTY_REGTEST = {
  ...exosRegtest,
  consensus: { ...exosRegtest.consensus, reorgBlocksMax: 2 },
};
const SEGMENT = 20;
const ALIVE = new AbortController().signal;

/** A chain of that network. */
export const COUNTED_CHAIN = await mineOn(undefined, 150);

/** How the snapshot at a height of that chain is called. */
export const setName = (height: number) =>
  `${height}-${COUNTED_CHAIN[height - 1]?.record.hash.slice(-8)}`;

/** A city whose packer puts each final segment away, with its digest; the first run ends at 59. */
export async function countedCity(count = 70) {
  const deps = sharedValidator(HASTY_REGTEST, START);
  const validator = createValidator(deps);
  const segments = createMemorySegments();
  const { leases } = deps.shared;
  const { dialect } = HASTY_REGTEST.consensus;
  const log = createMemoryLog();
  const city = {
    ...deps,
    ...{ network: HASTY_REGTEST, segments, segmentBlocks: SEGMENT },
    snapshots: createMemorySnapshots(),
    richList: createMemoryRichList(),
  };
  async function take(more: readonly MinedBlock[]): Promise<void> {
    for (const { bytes } of more) {
      await validator.accept(bytes);
      await validator.connect();
    }
    await packSegments({ ...deps, segments, leases, dialect, owner: "me", segmentBlocks: SEGMENT });
  }
  await take(COUNTED_CHAIN.slice(0, count));
  const run = (over: Partial<typeof city> = {}, folder = temporaryFolder()) =>
    exportCity({ ...city, ...over }, { folder, program: "test", log }, ALIVE);
  const ways = () =>
    log.records.flatMap(({ message, fields }) => (message === "set written" ? [fields["by"]] : []));
  return { city, run, take, log, ways };
}
