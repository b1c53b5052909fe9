import { numeric } from "./dynamo-item.ts";
import { activeEntries } from "./index-entries.ts";
import type { IndexView } from "./index-session.ts";
import {
  decodeSummary,
  encodeSummary,
  type StoredSummary,
  summaryKey,
} from "./index-summary-codec.ts";
import { NO_SUMMARY, type OwnerSummary, OwnerTally } from "./owner-tally.ts";
import { type WalkTime, walkFault } from "./walk-time.ts";

/** A reader that met more entries than this above a summary writes a new one. @source cloud.md 3.3 */
export const FOLD_ABOVE = 100;

/** What is stored of an owner, and what of it may be built on. */
interface FoundSummary {
  /** The empty one below all, where none is stored or the stored one speaks of another chain. */
  readonly usable: StoredSummary;
  /** Whether a new one may take its place: never one of less of the same chain. */
  readonly mayFold: boolean;
}

/**
 * An owner's summary as far as this chain is final where it ends. What was final when it was folded may
 * be of a chain that a city was made to forget, so it names the block that it ends in. The hash of an
 * old height is in a frozen group, which whoever answers holds once it was read.
 *
 * @source cloud.md 5.4 `--refill`
 */
export async function readSummary(
  part: Uint8Array,
  { table, chain }: IndexView,
): Promise<FoundSummary> {
  const item = await table.get(summaryKey(part));
  const none = { ...NO_SUMMARY, up: -1, hash: undefined };
  if (item === undefined) return { usable: { ...none, rev: 0 }, mayFold: true };
  const stored = decodeSummary(item);
  const { up, hash, rev } = stored;
  const isForeign = hash === undefined || (up <= chain.meets && (await chain.hashAt(up)) !== hash);
  if (!isForeign && up <= chain.final) return { usable: stored, mayFold: true };
  return { usable: { ...none, rev }, mayFold: isForeign };
}

/**
 * What an owner's history adds up to at the end of the chain: the summary, and what came since. Only
 * what is final is folded into a new summary; whoever was faster has written the same or a later one.
 *
 * @throws StoreFault `EXOS-E1016` where the time was over before: what was read is folded, so that
 *   whoever asks again gets further
 */
export async function sumUp(
  part: Uint8Array,
  view: IndexView,
  isOver: WalkTime,
): Promise<OwnerSummary> {
  const { chain } = view;
  const { usable, mayFold } = await readSummary(part, view);
  const tally = new OwnerTally(usable);
  /** Of final entries that the summary does not hold. */
  let met = 0;
  let last = usable.up;
  let final: OwnerSummary | undefined;
  const range = { part, from: usable.up + 1, to: chain.at.height, descending: false };
  for await (const entry of activeEntries(view, range)) {
    if (entry.height > chain.final && met > FOLD_ABOVE) final ??= tally.summary();
    // Heights are folded whole. What is not final goes on: nothing of it would be kept.
    if (entry.height > last && isOver()) {
      const up = Math.min(entry.height - 1, chain.final);
      const reached = entry.height > chain.final ? final : met > 0 ? tally.summary() : undefined;
      if (mayFold && reached !== undefined) {
        await fold(part, { ...reached, up, rev: usable.rev + 1 }, view);
        throw walkFault(up, chain.at.height);
      }
      // One that a later view wrote: who asks again has that view, or one above it.
      if (!mayFold) throw walkFault(entry.height - 1, chain.at.height);
    }
    last = entry.height;
    if (entry.height <= chain.final) met++;
    tally.add(entry);
  }
  const summary = tally.summary();
  if (mayFold && met > FOLD_ABOVE) {
    await fold(part, { ...(final ?? summary), up: chain.final, rev: usable.rev + 1 }, view);
  }
  return summary;
}

async function fold(
  part: Uint8Array,
  folded: Omit<StoredSummary, "hash">,
  { table, chain }: IndexView,
) {
  const summary = { ...folded, hash: await chain.hashAt(folded.up) };
  const condition =
    summary.rev === 1
      ? { text: "attribute_not_exists(#pk)" }
      : { text: "#rev = :rev", values: { rev: numeric(summary.rev - 1) } };
  await table.put(encodeSummary(part, summary), condition);
}
