import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/**
 * A proven header shows a transaction. On the wire it always does; an empty place can only be made.
 *
 * @source ProvenHeaderCoinstakeRule.cs CheckCoinstakeIsNotNull (EXOSFullNode e61c2e61); exos-l1.md
 *   3.5 step 1
 */
export function findCoinstake(
  shown: HashedTransaction | undefined,
): Result<HashedTransaction, Violation> {
  return shown === undefined
    ? { ok: false, error: violation("empty-coinstake") }
    : { ok: true, value: shown };
}
