import type { Command, CommandContext } from "#services/cli/command.ts";
import { usageFailure } from "#services/cli/failure.ts";

const USAGE = "exos export FILE [--framing magic|length] [--from 0|1]";

/** One of two words, the first unless said. */
function choose<Word extends string>(
  name: string,
  { options }: CommandContext,
  words: readonly [Word, Word],
): Word {
  const said = options[name] ?? words[0];
  const found = words.find((word) => word === said);
  if (found !== undefined) return found;
  throw usageFailure(`--${name}: "${said}" is neither ${words.join(" nor ")}`, USAGE);
}

export const exportCommand: Command = {
  name: "export",
  audience: "run",
  usage: USAGE,
  takesWords: true,
  summary: "write the chain to a file, byte for byte as it was imported",
  options: {
    framing: { kind: "text", meaning: "before each block: magic and length, or length alone" },
    from: { kind: "text", meaning: "height of the first block: 0 (genesis too) or 1" },
  },
  examples: ["export copy.dat", "export copy.bin --framing length --from 1"],
  async run(context) {
    if (context.positionals.length !== 1) throw usageFailure("one file is written", USAGE);
    const framing = choose("framing", context, ["magic", "length"]);
    const from = choose("from", context, ["0", "1"]) === "0" ? 0 : 1;
    const { runExport } = await import("#services/cli/run-export.ts");
    return runExport(context, { framing, from });
  },
};
