import type { Log, LogFields } from "./log.ts";
import { StoreFault } from "./store-fault.ts";

/** What somebody had better know before he looks. */
export interface OperatorNotice {
  /** `undefined`: something is well again. */
  readonly code: `EXOS-E${number}` | undefined;
  /** Half a sentence of ASCII, at most 70 characters; the adapter says which city says so. */
  readonly title: string;
  /** What was found, as the log has it. */
  readonly facts: LogFields;
  /** What to run. */
  readonly todo: string;
}

/**
 * Whoever looks after a city, where what is wrong is no number that an alarm could watch. A notice
 * may come twice: whoever tells remembers what was told, and tells again what perhaps was not.
 * Implementation: `adapters/aws/sns-operators.ts`.
 */
export interface Operators {
  /** @throws StoreFault when nobody took it */
  tell(notice: OperatorNotice): Promise<void>;
}

/** Tell them if that is possible: no work fails by it. @returns whether somebody took the notice */
export async function isTold(
  notice: OperatorNotice,
  { operators, log }: { readonly operators: Operators; readonly log: Pick<Log, "error"> },
): Promise<boolean> {
  try {
    await operators.tell(notice);
    return true;
  } catch (fault) {
    // Its facts are in the log, and whoever tells tries again.
    if (!(fault instanceof StoreFault)) throw fault;
    log.error(fault.code ?? "EXOS-E8100", "a notice could not be published", {
      notice: notice.title,
      err: fault.message,
    });
    return false;
  }
}
