import type { ExitCode } from "#services/cli/exit-codes.ts";
import type { Config } from "#services/cli/read-config.ts";

/** What programs are told of a line on stderr beside its text. */
export interface NoteAbout {
  readonly level?: "info" | "error";
  /** Of the catalogue, or the number of a JSON-RPC error. */
  readonly code?: string | number;
  readonly hint?: string | undefined;
}

/** Where a command prints. Answers go to stdout, everything about them to stderr. */
export interface Terminal {
  out(line: string): void;
  /** A note, or with `level` and `code` what failed. */
  err(line: string, about?: NoteAbout): void;
  /** A finished line of a log, on stderr, as it is. */
  log(line: string): void;
  /** Replace the last status line: one line on a terminal, a log line now and then elsewhere. */
  status(line: string): void;
  readonly interactive: boolean;
}

/** What a command is given. */
export interface CommandContext {
  readonly config: Config;
  /** Arguments after the command's name that are no options. */
  readonly positionals: readonly string[];
  /** The command's own options, by name. */
  readonly options: Readonly<Record<string, string>>;
  /** One JSON document on stdout instead of lines for people. */
  readonly json: boolean;
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** The variables that the process was started with. */
  readonly environment: Environment;
}

/** Variables of a process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface OptionSpec {
  readonly kind: "text" | "integer" | "boolean";
  readonly meaning: string;
}

/** One of the things that a command does, as help tells of it. */
export interface Verb {
  /** What stands behind it, for people. */
  readonly words: string;
  readonly summary: string;
  /** Those of the command's options that it takes. */
  readonly options: readonly string[];
}

export interface Command {
  readonly name: string;
  /** Heading under which help lists it. */
  readonly audience: "run" | "use" | "inspect";
  readonly usage: string;
  readonly summary: string;
  readonly options?: Readonly<Record<string, OptionSpec>>;
  /** Command lines after `exos`, each of which works. */
  readonly examples?: readonly string[];
  /** What its first word may be, where that decides which options it takes. */
  readonly verbs?: Readonly<Record<string, Verb>>;
  /** Whether it takes words after its name. */
  readonly takesWords?: true;
  /** Whether what comes after the first positional is an argument, but for options that exist. */
  readonly verbatim?: true;
  run(context: CommandContext): Promise<ExitCode>;
}
