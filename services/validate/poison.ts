import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { isTold } from "#shared/ports/operators.ts";
import type { ValidateDeps } from "./deps.ts";

/** Repeated beginnings after which a block is left alone, and for how long. @source cloud.md 4.2 */
const TRIES_MAX = 2;
const REST_SECONDS = 600;
/** Operators are told once a day, however often such a block is begun: no alarm would see it. */
const TOLD_SECONDS = 86_400;
const TITLE = "a block was begun again and again without an end";

/**
 * Whether a block was begun twice again and never finished: it would take this run down as well, and
 * the city goes on without it. Otherwise a delivery that was begun before is noted before its next
 * beginning.
 *
 * @param isRepeated only then is anything noted: the last run may have died of this block
 * @throws StoreFault when the tries are out of reach; whoever is told of them may be
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
    const facts = { hash, height, tries: tries.count };
    log.error("EXOS-E8111", TITLE, facts);
    const isDue = tries.told === undefined || now - tries.told >= TOLD_SECONDS;
    const todo = `exos fleet logs CITY --block ${hash}; mend and deploy: the city goes on without it.`;
    const notice = { code: "EXOS-E8111", title: TITLE, facts, todo } as const;
    if (isDue && (await isTold(notice, { operators: shared.operators, log }))) {
      await shared.tries.noteTold(hash, now);
    }
    return true;
  }
  if (isRepeated) await shared.tries.note(hash, now);
  return false;
}
