import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
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

/** What went wrong as a person reads it: code, sentence, next step. */
export function describeFailure(cause: unknown): {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
} {
  const message = cause instanceof Error ? cause.message : String(cause);
  const said = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const code = typeof said === "string" && findError(said) !== undefined ? said : "EXOS-E9001";
  return { code, message, hint: findError(code)?.hint };
}
