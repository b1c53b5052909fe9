import { inspect } from "node:util";
import type { Command } from "#services/cli/command.ts";
import { commandPage, helpPage, usageOf, verbOf } from "#services/cli/commands/help.ts";
import { version } from "#services/cli/commands/version.ts";
import { nearest } from "#services/cli/config/nearest.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import {
  CommandFailure,
  describeFailure,
  exitOf,
  isInterruption,
  usageFailure,
} from "#services/cli/failure.ts";
import { type CommandLine, parseCommandLine } from "#services/cli/parse-command-line.ts";
import { readConfig } from "#services/cli/read-config.ts";
import { createTerminal, type TerminalOptions } from "#services/cli/terminal.ts";

/** The process around one command line. */
export interface ProcessWorld extends Pick<TerminalOptions, "stdout" | "stderr" | "elapsedMs"> {
  readonly commands: readonly Command[];
  /** What an empty command line runs. */
  readonly fallback: Command;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

function refuseMistakes(line: CommandLine, commands: readonly Command[]): void {
  if (line.unknown !== undefined) {
    const close = nearest(
      line.unknown,
      commands.map(({ name }) => name),
    );
    const hint = close === undefined ? "exos --help lists them" : `did you mean ${close}?`;
    throw new CommandFailure(`there is no command "${line.unknown}"; ${hint}`, {
      code: "EXOS-E0001",
      exit: EXIT.usage,
    });
  }
  if (line.errors.length > 0) {
    throw new CommandFailure(line.errors.join("\n"), { code: "EXOS-E0001", exit: EXIT.usage });
  }
}

/** What stands behind a command that takes nothing is a mistake, not to be passed over. */
function refuseWords([word]: readonly string[], { name, takesWords, usage }: Command): void {
  if (word === undefined || takesWords) return;
  throw usageFailure(`exos ${name} takes no "${word}"`, usage);
}

/** An option of another verb would be passed over in silence. */
function refuseOptions({ positionals: [word], options }: CommandLine, command: Command): void {
  const verb = verbOf(command, word);
  const other = Object.keys(options).find((option) => verb?.options.includes(option) === false);
  if (verb === undefined || other === undefined) return;
  const takes = Object.entries(command.verbs ?? {}).filter(([, one]) =>
    one.options.includes(other),
  );
  throw usageFailure(
    `${command.name} ${word} takes no --${other}; it is of ${takes.map(([name]) => name).join(", ")}`,
    usageOf(command.name, word, verb),
  );
}

/** Parse, run, and turn whatever went wrong into one sentence and an exit code. */
export async function runCommandLine(
  argv: readonly string[],
  world: ProcessWorld,
): Promise<ExitCode> {
  const line = parseCommandLine(argv, world.commands, world.fallback);
  const { json = false, quiet = false } = line.globals;
  const terminal = createTerminal({ ...world, json, quiet });
  try {
    if (line.globals.help && line.unknown === undefined && argv[0]?.startsWith("-")) {
      terminal.out(helpPage(world.commands));
      return EXIT.done;
    }
    refuseMistakes(line, world.commands);
    const command = line.globals.version ? version : (line.command ?? world.fallback);
    if (line.globals.help) {
      terminal.out(commandPage(command, line.positionals[0]));
      return EXIT.done;
    }
    refuseWords(line.positionals, command);
    refuseOptions(line, command);
    return await command.run({
      config: readConfig({ flags: line.flags, environment: world.environment }),
      positionals: line.positionals,
      options: line.options,
      json,
      terminal,
      signal: world.signal,
      environment: world.environment,
    });
  } catch (cause) {
    if (isInterruption(cause, world.signal)) {
      terminal.err("interrupted");
      return EXIT.interrupted;
    }
    const { code, message, hint } = describeFailure(cause);
    if (json) terminal.err(message, { level: "error", code, hint });
    else {
      const next = hint === undefined ? "" : `\n  ${hint}`;
      terminal.err(`${code} ${message}${next}`);
    }
    // With what caused it: some errors say nothing else.
    if (code === "EXOS-E9001" && cause instanceof Error && !json) terminal.err(inspect(cause));
    return cause instanceof CommandFailure ? cause.exit : exitOf(code);
  }
}
