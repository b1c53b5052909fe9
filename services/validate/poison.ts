import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ValidateDeps } from "./deps.ts";

/** Repeated beginnings after which a block is left alone, and for how long. @source cloud.md 4.2 */
const TRIES_MAX = 2;
const REST_SECONDS = 600;

/**
 * Whether a block was begun twice again and never finished: it would take this run down as well, and
 * the city goes on without it. Otherwise a delivery that was begun before is noted before its next
 * beginning.
 *
 * @param isRepeated only then is anything noted: the last run may have died of this block
 */
export async function isPoison(
  { hash, height }: Pick<HeaderRecord, "hash" | "height">,
  isRepeated: boolean,
  { shared, clock, log }: Pick<ValidateDeps, "shared" | "clock" | "log">,
): Promise<boolean> {
  if (shared === undefined) return false;
  const now = clock.now();
  const tries = await shared.tries.get(hash);
  if (tries !== undefined && tries.count >= TRIES_MAX && now - tries.last < REST_SECONDS) {
    log.error("EXOS-E8111", "a block was begun again and again without an end", {
      hash,
      height,
      tries: tries.count,
    });
    return true;
  }
  if (isRepeated) await shared.tries.note(hash, now);
  return false;
}
