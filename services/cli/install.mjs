/**
 * Installs what is missing from the lock file, before `npm start` and `npm test` on a fresh clone.
 * Plain JavaScript, because it runs under whatever Node called npm (20 or later); what follows it
 * runs under the Node that it installs. One install script runs: that of the `node` package.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const STAMP = "node_modules/.exos-lock";
const wanted = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");

function npm(...args) {
  // npm names its own entry file; without it (run by hand) the one in the path has to do.
  const own = process.env["npm_execpath"];
  const [command, first] = own?.endsWith(".js") ? [process.execPath, [own]] : ["npm", []];
  const { status, stdout, stderr } = spawnSync(command, [...first, ...args], { encoding: "utf8" });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}\nEXOS-E0009 npm ${args.join(" ")} failed; see above.\n`);
  process.exit(1);
}

if (!existsSync(STAMP) || readFileSync(STAMP, "utf8") !== wanted) {
  process.stderr.write("Installing dependencies from package-lock.json (once, about a minute) …\n");
  npm("ci", "--ignore-scripts");
  npm("rebuild", "node");
  mkdirSync("node_modules", { recursive: true });
  writeFileSync(STAMP, wanted);
}
