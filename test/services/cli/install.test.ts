import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../support/test-node.ts";

/** Empties the folder as npm does, and takes its time. */
const NPM = `
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
appendFileSync(process.env.CALLS, process.argv.slice(2).join(" ") + "\\n");
if (process.argv[2] === "ci") {
  rmSync("node_modules", { recursive: true, force: true });
  await new Promise((resolve) => setTimeout(resolve, 300));
  mkdirSync("node_modules");
}
`;

/** A checkout, and what was asked of npm in it. */
function checkoutIn(root: string) {
  const path = join(root, "checkout");
  const calls = join(root, "calls");
  mkdirSync(path);
  writeFileSync(join(path, "package-lock.json"), "{}");
  writeFileSync(join(root, "npm.js"), NPM);
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  return {
    path,
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").split("\n").slice(0, -1) : []),
    async install() {
      const child = spawn(process.execPath, [resolve("services/cli/install.mjs")], {
        cwd: path,
        env: { ...process.env, npm_execpath: join(root, "npm.js"), CALLS: calls, TMPDIR: root },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      const [status] = await once(child, "close");
      return { status, said };
    },
  };
}

describe("the installation before npm start", () => {
  it("runs once, however many ask at the same time, and not again", async () => {
    using root = temporaryFolder();
    const checkout = checkoutIn(root.path);
    const runs = await Promise.all([checkout.install(), checkout.install(), checkout.install()]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(checkout.calls()).toEqual(["ci --ignore-scripts", "rebuild node"]);
    expect(await checkout.install()).toEqual({ status: 0, said: "" });
    expect(checkout.calls()).toHaveLength(2);
    writeFileSync(join(checkout.path, "package-lock.json"), "{ }");
    await checkout.install();
    expect(checkout.calls()).toHaveLength(4);
  });

  it("empties no folder that node_modules links to, and says so", async () => {
    using root = temporaryFolder();
    const checkout = checkoutIn(root.path);
    const shared = join(root.path, "shared");
    mkdirSync(shared);
    symlinkSync(shared, join(checkout.path, "node_modules"));
    const { status, said } = await checkout.install();
    expect(status).toBe(0);
    expect(said).toContain(shared);
    expect(checkout.calls()).toEqual([]);
  });
});
