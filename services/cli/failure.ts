import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type ErrorCode, findError } from "#shared/primitives/error-catalogue.ts";

/** A command cannot go on for a reason that a person can mend. Becomes one line and an exit code. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly code: ErrorCode;
  readonly exit: ExitCode;

  constructor(
    message: string,
    options: { readonly code: ErrorCode; readonly exit?: ExitCode; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.exit = options.exit ?? EXIT.failed;
  }
}

/** A mistyped command: exit code 2 and the usage line. */
export function usageFailure(message: string, usage: string): CommandFailure {
  return new CommandFailure(`${message}\nusage: ${usage}`, {
    code: "EXOS-E0002",
    exit: EXIT.usage,
  });
}

/** What came first says more than what failed while it was being cleaned up. */
function firstOf(thrown: unknown): unknown {
  return thrown instanceof SuppressedError ? firstOf(thrown.suppressed) : thrown;
}

/** Whether somebody has ended the work, by the signal or at a prompt: no failure of anybody's. */
export function isInterruption(thrown: unknown, signal: AbortSignal): boolean {
  const cause = firstOf(thrown);
  if (cause instanceof CommandFailure && cause.exit === EXIT.interrupted) return true;
  const isAbort = cause instanceof Error && cause.name === "AbortError";
  return signal.aborted && (isAbort || cause === signal.reason);
}

/** What went wrong as a person reads it: code, sentence, next step. */
export function describeFailure(thrown: unknown): {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
} {
  const cause = firstOf(thrown);
  const message = cause instanceof Error ? cause.message : String(cause);
  const said = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const general = cause instanceof StoreFault ? "EXOS-E1000" : "EXOS-E9001";
  const code = typeof said === "string" && findError(said) !== undefined ? said : general;
  const hint = findError(code)?.hint;
  // Sentences of the stores end in the hint already.
  const twice = hint !== undefined && message.endsWith(hint);
  return { code, message: twice ? message.slice(0, -hint.length).trimEnd() : message, hint };
}

/** Codes that mean something else to a script than "failed". @source interfaces.md 4 */
const EXITS: Readonly<Record<string, ExitCode>> = {
  "EXOS-E0002": EXIT.usage,
  "EXOS-E0004": EXIT.usage,
  "EXOS-E0005": EXIT.usage,
  "EXOS-E0008": EXIT.usage,
  "EXOS-E1008": EXIT.usage,
  "EXOS-E2002": EXIT.refused,
  "EXOS-E2003": EXIT.notFound,
  "EXOS-E2008": EXIT.refused,
  "EXOS-E2009": EXIT.refused,
  "EXOS-E2012": EXIT.refused,
  "EXOS-E5001": EXIT.locked,
  "EXOS-E5002": EXIT.locked,
  "EXOS-E5003": EXIT.locked,
  "EXOS-E5004": EXIT.notFound,
  "EXOS-E5005": EXIT.refused,
  "EXOS-E5006": EXIT.usage,
  "EXOS-E5012": EXIT.funds,
  "EXOS-E5021": EXIT.refused,
  "EXOS-E5024": EXIT.needsConfirmation,
};

/** The exit code that goes with a code of the catalogue. */
export function exitOf(code: string): ExitCode {
  return EXITS[code] ?? EXIT.failed;
}

/** A service refused: its sentence, its code, and the exit code that goes with them. */
export function refused({ code, message }: { readonly code: ErrorCode; readonly message: string }) {
  return new CommandFailure(message, { code, exit: exitOf(code) });
}
