import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

const readme = readFileSync("README.md", "utf8");
const blockOf = (language: string): string =>
  new RegExp(`\\n\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? "";
const unit = blockOf("ini");
const compose = blockOf("yaml");

function isThere(command: string, words: readonly string[]): boolean {
  try {
    execFileSync(command, words, { stdio: "ignore" });
    return true;
  } catch {
    // Not installed, or not usable here: the test that wants it is skipped.
    return false;
  }
}

/** Start what a service would, until it answers; then stop it as a service manager does. */
async function startsAndStops(words: readonly string[]): Promise<void> {
  const ports = ["--httpport", "0", "--rpcport", "0", "--port", "0"];
  const child = spawn(process.execPath, [...words, ...ports], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  const answers = Promise.withResolvers<void>();
  child.stdout.on("data", (text: Buffer) => {
    said.out += text;
    if (said.out.includes("JSON-RPC")) answers.resolve();
  });
  child.stderr.on("data", (text: Buffer) => {
    said.err += text;
  });
  const ended = once(child, "exit").then(([code]: unknown[]) => code);
  await Promise.race([answers.promise, ended]);
  child.kill("SIGTERM");
  expect({
    code: await ended,
    err: said.err.split("\n").filter((line) => /error/i.test(line)),
  }).toEqual({
    code: 0,
    err: [],
  });
  expect(said.out).toContain("JSON-RPC");
}

describe("the service files of the README", () => {
  it("run a command line that starts the node and stops it in order", async () => {
    const [, program = "", line = ""] = /^ExecStart=(\S+) (.+)$/m.exec(unit) ?? [];
    expect(program).toBe("/opt/exos/node_modules/.bin/node");
    expect(unit).toContain("WorkingDirectory=/opt/exos\n");
    const words = line.replace("/var/lib/exos", temporaryFolder()).split(" ");
    await startsAndStops(words);
  });

  it("run the same line in a container", async () => {
    const [, line = "[]"] = /^ +command: (\[.*\])$/m.exec(compose) ?? [];
    const [program, ...words]: string[] = JSON.parse(line);
    expect(program).toBe("node");
    const [, own = ""] = /^ExecStart=\S+ (.+)$/m.exec(unit) ?? [];
    expect(words.join(" ").replace("/data", "/var/lib/exos")).toBe(own);
  });

  it.skipIf(!isThere("systemd-analyze", ["--version"]))("pass the check of systemd", () => {
    const path = join(temporaryFolder(), "exos.service");
    // The user and the program of the text are those of another machine.
    const here = unit
      .replace("User=exos\n", "")
      .replaceAll("/opt/exos/node_modules/.bin/node", process.execPath)
      .replaceAll("/opt/exos", process.cwd());
    writeFileSync(path, here);
    expect(execFileSync("systemd-analyze", ["verify", path], { encoding: "utf8" })).toBe("");
  });

  it.skipIf(!isThere("docker", ["compose", "version"]))("pass the check of Docker Compose", () => {
    const path = join(temporaryFolder(), "compose.yaml");
    writeFileSync(path, compose);
    const read = execFileSync("docker", ["compose", "-f", path, "config"], { encoding: "utf8" });
    expect(read).toContain("node:24-slim");
  });
});
