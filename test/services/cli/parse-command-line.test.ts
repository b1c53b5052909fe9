import { describe, expect, it } from "vitest";
import type { Command } from "#services/cli/command.ts";
import { parseCommandLine } from "#services/cli/parse-command-line.ts";

const command = (name: string, more: Partial<Command> = {}): Command => ({
  name,
  audience: "use",
  usage: name,
  summary: name,
  run: async () => 0,
  ...more,
});
const rpc = command("rpc", {
  verbatim: true,
  options: { named: { kind: "boolean", meaning: "" } },
});
const copy = command("copy", { options: { "stop-height": { kind: "integer", meaning: "where" } } });
const parse = (...argv: string[]) => parseCommandLine(argv, [rpc, copy], copy);

describe("a command line", () => {
  it("takes an empty one for the fallback", () => {
    expect(parse()).toMatchObject({ command: copy, positionals: [], errors: [] });
    expect(parse("--json")).toMatchObject({ command: copy, globals: { json: true } });
  });

  it("tells configuration keys, the command's options and those of every command apart", () => {
    const line = parse("--network", "stratis", "copy", "a", "--stop-height=7", "--json", "b");
    expect(line).toMatchObject({
      command: copy,
      positionals: ["a", "b"],
      options: { "stop-height": "7" },
      globals: { json: true },
      flags: [["network", "stratis"]],
      errors: [],
    });
  });

  it("hands over what comes after a method, dashes or not, but for options that exist", () => {
    const words = ["getblockhash", "-1", "-json", "--jsno"];
    const line = parse("rpc", "-named", ...words, "--json", "--rpcport", "7");
    expect(line).toMatchObject({
      positionals: words,
      options: { named: "1" },
      globals: { json: true },
      flags: [["rpcport", "7"]],
      errors: [],
    });
  });

  it.each([
    [["copy", "--jsno"], "unknown option --jsno; did you mean --json?"],
    [["copy", "--network"], "--network needs a value: network by name"],
    [["copy", "--stop-height", "x"], '--stop-height: "x" is no whole number'],
  ])("says what is wrong with %j", (argv, error) => {
    expect(parse(...argv).errors[0]).toContain(error);
  });

  it("names a first word that is no command", () => {
    expect(parse("cpoy")).toMatchObject({ command: undefined, unknown: "cpoy" });
  });
});
