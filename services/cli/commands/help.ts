import type { Command, Verb } from "#services/cli/command.ts";
import { GLOBAL_OPTIONS } from "#services/cli/parse-command-line.ts";

const AUDIENCES = {
  run: "Run a node",
  use: "Use a running node",
  inspect: "Look and check",
} as const satisfies Record<Command["audience"], string>;

/** The page that `exos --help` prints. */
export function helpPage(commands: readonly Command[]): string {
  const groups = Object.entries(AUDIENCES).map(([audience, title]) => {
    const rows = commands
      .filter((command) => command.audience === audience)
      .map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
    return [title, ...rows].join("\n");
  });
  const globals = Object.entries(GLOBAL_OPTIONS).map(
    ([name, { meaning }]) => `  --${name.padEnd(9)} ${meaning}`,
  );
  return [
    "exos <command> [options]; in a checkout: npm start -- <command> [options]",
    ...groups,
    ["Options of every command", ...globals].join("\n"),
    "Configuration keys are options too (--network, --datadir, --httpport …): exos config",
    "One command in detail: exos <command> --help",
  ].join("\n\n");
}

/**
 * The page that `exos <command> --help` prints.
 *
 * @param word behind the command: one of its verbs has a page of its own, with its own options
 */
export function commandPage(command: Command, word?: string): string {
  const { name, usage, summary, options = {}, examples = [], verbs } = command;
  const verb = verbOf(command, word);
  const rows = Object.entries(options)
    .filter(([option]) => verb?.options.includes(option) ?? true)
    .map(([option, { meaning }]) => `  --${option.padEnd(14)} ${meaning}`);
  const shown = examples
    .filter((line) => verb === undefined || line.split(" ")[1] === word)
    .map((example) => `  exos ${example}`);
  const blocks =
    verb === undefined
      ? [`usage: ${usage}`, summary]
      : [`usage: ${usageOf(name, word, verb)}`, verb.summary];
  if (verb === undefined && verbs !== undefined) {
    const lines = Object.entries(verbs).map(
      ([one, { words, summary: does }]) => `  ${`${one} ${words}`.padEnd(24)} ${does}`,
    );
    blocks.push(["Verbs", ...lines].join("\n"), `One of them in detail: exos ${name} VERB --help`);
  }
  if (rows.length > 0) blocks.push(["Options", ...rows].join("\n"));
  if (shown.length > 0) blocks.push(["Examples", ...shown].join("\n"));
  return blocks.join("\n\n");
}

/** The verb that a word names; `undefined`: it names none. */
export function verbOf({ verbs = {} }: Pick<Command, "verbs">, word: string | undefined) {
  return word !== undefined && Object.hasOwn(verbs, word) ? verbs[word] : undefined;
}

/** How a verb is written. */
export function usageOf(
  command: string,
  word: string | undefined,
  { words, options }: Verb,
): string {
  const taken = options.map((option) => `[--${option}]`);
  return ["exos", command, word, words, ...taken].filter(Boolean).join(" ");
}
