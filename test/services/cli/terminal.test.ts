import { expect, it } from "vitest";
import { createTerminal } from "#services/cli/terminal.ts";

function open(options: { json?: boolean; quiet?: boolean; isTTY?: boolean }) {
  const [out, err]: [string[], string[]] = [[], []];
  let now = 0;
  const terminal = createTerminal({
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text), isTTY: options.isTTY ?? false },
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    elapsedMs: () => now,
    wallMs: () => 1_700_000_000_000 + now,
  });
  return { terminal, out, err, pass: (ms: number) => (now += ms) };
}

it("rewrites one status line on a terminal and ends it before anything else is said", () => {
  const { terminal, out, err } = open({ isTTY: true });
  terminal.status("blocks 1 %");
  terminal.status("blocks 2 %");
  terminal.out("done");
  expect(err.join("")).toBe("\r\u001b[2Kblocks 1 %\r\u001b[2Kblocks 2 %\n");
  expect(out).toEqual(["done\n"]);
});

it("logs a status at each change of phase and every 32 s elsewhere", () => {
  const { terminal, err, pass } = open({});
  terminal.status("blocks 1 %");
  terminal.status("blocks 2 %");
  pass(31_999);
  terminal.status("blocks 3 %");
  pass(1);
  terminal.status("blocks 4 %");
  terminal.status("index 1 %");
  expect(err).toEqual(["blocks 1 %\n", "blocks 4 %\n", "index 1 %\n"]);
});

it("speaks NDJSON on stderr when a program listens, and says nothing of progress when quiet", () => {
  const json = open({ json: true });
  json.terminal.err("note");
  json.terminal.status("blocks 1 %");
  json.terminal.err("no", { level: "error", code: "EXOS-E1004", hint: "repair" });
  const time = "2023-11-14T22:13:20.000Z";
  expect(json.err).toEqual([
    `{"time":"${time}","level":"info","msg":"note"}\n`,
    `{"time":"${time}","level":"info","msg":"blocks 1 %"}\n`,
    `{"time":"${time}","level":"error","code":"EXOS-E1004","msg":"no","hint":"repair"}\n`,
  ]);
  const quiet = open({ quiet: true });
  quiet.terminal.status("blocks 1 %");
  expect(quiet.err).toEqual([]);
});
