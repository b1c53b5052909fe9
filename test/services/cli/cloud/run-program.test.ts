import { describe, expect, it } from "vitest";
import { runProgram } from "#services/cli/cloud/run-program.ts";

const options = { doing: "trying", env: {}, signal: new AbortController().signal };
const program = (code: string) => ["-e", code];

describe("a program run to its end", () => {
  it("gives what it said on stdout, and tells each line of both streams", async () => {
    const lines: string[] = [];
    const code = `process.stdout.write("one\\ntwo\\n"); process.stderr.write("three\\n")`;
    const onLine = (line: string) => void lines.push(line);
    expect(await runProgram(process.execPath, program(code), { ...options, onLine })).toBe(
      "one\ntwo\n",
    );
    expect(lines.toSorted()).toEqual(["one", "three", "two"]);
  });

  it("says why one failed, with its last lines", async () => {
    const code = `console.error("because"); process.exit(3)`;
    const failing = runProgram(process.execPath, program(code), { ...options, code: "EXOS-E8183" });
    await expect(failing).rejects.toMatchObject({
      code: "EXOS-E8183",
      message: expect.stringMatching(/^trying: .* ended with 3\nbecause$/),
    });
  });

  it("says which one is not there", async () => {
    const failing = runProgram("/absent/program", [], options);
    await expect(failing).rejects.toMatchObject({
      message: "trying: /absent/program could not be run",
    });
  });

  it("ends with the command that asked for it", async () => {
    const stop = new AbortController();
    const code = `console.log("up"); setInterval(() => 0, 1e6)`;
    const onLine = () => stop.abort();
    const running = runProgram(process.execPath, program(code), {
      ...options,
      signal: stop.signal,
      onLine,
    });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });
});
