/**
 * Installs what is missing from the lock file, before any script of a fresh clone.
 * Plain JavaScript, because it runs under whatever Node called npm (20 or later); what follows it
 * runs under the Node that it installs. One install script runs: that of the `node` package.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const STAMP = "node_modules/.exos-lock";
/** How long another installation of the same folder is waited for, and how often it is looked at. */
const WAIT_MS_MAX = 600_000;
const LOOK_MS = 250;

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const wanted = sha256(readFileSync("package-lock.json"));
const isInstalled = () => existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted;
const isLink = () =>
  lstatSync("node_modules", { throwIfNoEntry: false })?.isSymbolicLink() === true;

function fail(message) {
  process.stderr.write(`EXOS-E0009 ${message}\n`);
  process.exit(1);
}

function npm(...args) {
  // npm names its own entry file; without it (run by hand) the one in the path has to do.
  const own = process.env["npm_execpath"];
  const [command, first] = own?.endsWith(".js") ? [process.execPath, [own]] : ["npm", []];
  const { status, stdout, stderr } = spawnSync(command, [...first, ...args], { encoding: "utf8" });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}\n`);
  fail(`npm ${args.join(" ")} failed; see above.`);
}

/** @returns whether this process holds the lock now */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (cause) {
    if (cause.code !== "EEXIST") throw cause;
  }
  const holder = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
  // Empty for the instant between its making and its first byte.
  if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause.code === "EPERM";
  }
}

/** `npm ci` empties the folder first: two at once, or one under a program that runs, spoil it. */
function alone(task) {
  const lock = join(tmpdir(), `exos-install-${sha256(realpathSync(".")).slice(0, 16)}`);
  for (let waited = 0; !take(lock); waited += LOOK_MS) {
    if (waited >= WAIT_MS_MAX) fail(`another installation holds ${lock}; remove it if none runs.`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
  }
  process.on("exit", () => rmSync(lock, { force: true }));
  task();
}

if (!isInstalled() && isLink()) {
  // It belongs to another checkout: emptying it would break that one.
  const target = readlinkSync("node_modules");
  process.stderr.write(`node_modules is a link to ${target}: nothing is installed through it.\n`);
} else if (!isInstalled()) {
  alone(() => {
    if (isInstalled()) return;
    process.stderr.write(
      "Installing dependencies from package-lock.json (once, about a minute) …\n",
    );
    npm("ci", "--ignore-scripts");
    npm("rebuild", "node");
    mkdirSync("node_modules", { recursive: true });
    writeFileSync(STAMP, wanted);
  });
}
