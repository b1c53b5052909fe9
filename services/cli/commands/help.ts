import type { Command } from "#services/cli/command.ts";
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

/** The page that `exos <command> --help` prints. */
export function commandPage({ usage, summary, options = {}, examples = [] }: Command): string {
  const rows = Object.entries(options).map(
    ([name, { meaning }]) => `  --${name.padEnd(14)} ${meaning}`,
  );
  const shown = examples.map((example) => `  exos ${example}`);
  const blocks = [`usage: ${usage}`, summary];
  if (rows.length > 0) blocks.push(["Options", ...rows].join("\n"));
  if (shown.length > 0) blocks.push(["Examples", ...shown].join("\n"));
  return blocks.join("\n\n");
}
