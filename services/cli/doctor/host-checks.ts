import { accessSync, constants, existsSync, mkdirSync, readFileSync, statfsSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { broken, type Check, type CheckResult, ok, warning } from "#services/cli/doctor/check.ts";
import type { Config } from "#services/cli/read-config.ts";

/** Least that a node of today's chain wants: Node 24.12 strips types; a GiB of disk; 512 MiB. */
const NODE_MIN = [24, 12] as const;
const DISK_BYTES_MIN = 2 ** 30;
const DISK_BYTES_WISHED = 10 * 2 ** 30;
const MEMORY_BYTES_MIN = 512 * 2 ** 20;
/** Four stores of LevelDB, 136 peers, as many callers, and some to spare. */
const OPEN_FILES_MIN = 1_024;
const LIMITS = "/proc/self/limits";
/** Slowest synced write that does not hold up an import, in milliseconds. */
const SYNC_MS_MAX = 100;

const GIB = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** The nearest folder on the way up that exists. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}

async function nodeVersion(): Promise<CheckResult> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const enough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  return enough
    ? ok(`Node ${process.version}`)
    : broken(`Node ${process.version}`, "start it by npm, which brings the right Node along");
}

async function memory(): Promise<CheckResult> {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  const evidence = `${GIB(bytes)} for this process, ${availableParallelism()} cores`;
  return bytes >= MEMORY_BYTES_MIN ? ok(evidence) : warning(evidence, "lower dbcache and jobs");
}

/** What this process may open at once. @returns `undefined` where the system does not tell */
export function openFilesMax(
  limits: string | undefined = existsSync(LIMITS) ? readFileSync(LIMITS, "utf8") : undefined,
): number | undefined {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? "") ?? [];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

/** @param most as `openFilesMax` tells it */
export function judgeOpenFiles(most: number | undefined): CheckResult {
  if (most === undefined) return ok("this system does not tell how many files may be open");
  const evidence = `${most} files may be open`;
  return most >= OPEN_FILES_MIN
    ? ok(evidence)
    : warning(evidence, `ulimit -n ${OPEN_FILES_MIN}, or LimitNOFILE of the service`);
}

async function folderRights({ datadir }: Config): Promise<CheckResult> {
  const folder = existing(datadir);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok(`${folder} can be read and written`);
  } catch {
    // Only the refusal matters; its reason stands in the evidence.
    return broken(`${folder} cannot be written`, `give this user the right, or use --datadir`);
  }
}

async function diskFree({ datadir }: Config): Promise<CheckResult> {
  const { bavail, bsize } = statfsSync(existing(datadir));
  const bytes = bavail * bsize;
  const evidence = `${GIB(bytes)} free at ${existing(datadir)}`;
  if (bytes < DISK_BYTES_MIN) return broken(evidence, "make room, or use --datadir");
  return bytes < DISK_BYTES_WISHED ? warning(evidence, "make room soon") : ok(evidence);
}

async function diskSpeed({ datadir }: Config): Promise<CheckResult> {
  const path = join(existing(datadir), `.exos-doctor-${process.pid}`);
  const started = performance.now();
  try {
    await using file = await open(path, "w");
    await file.write(new Uint8Array(4096));
    await file.sync();
  } catch (cause) {
    return broken(String(cause), "make room, give this user the right to write, or use --datadir");
  } finally {
    await rm(path, { force: true });
  }
  const ms = performance.now() - started;
  const evidence = `a synced write takes ${ms.toFixed(1)} ms`;
  return ms <= SYNC_MS_MAX ? ok(evidence) : warning(evidence, "put the data on a faster disk");
}

/** Whether this address can be listened on right now. */
function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

async function ports(config: Config): Promise<CheckResult> {
  const { network } = config;
  const wanted = [
    ["httpport", config.text("httpbind"), config.integer("httpport") ?? network.ports.http],
    ["rpcport", config.text("rpcbind"), config.integer("rpcport") ?? network.ports.rpc],
    ["port", "0.0.0.0", config.integer("port") ?? network.ports.p2p],
  ] as const;
  const taken: string[] = [];
  for (const [key, host = "127.0.0.1", port] of wanted) {
    if (!(await canListen(host, port))) taken.push(`${key} ${host}:${port}`);
  }
  return taken.length === 0
    ? ok(`${wanted.map(([key, , port]) => `${key} ${port}`).join(", ")} are free`)
    : warning(`taken: ${taken.join(", ")}`, "a node runs already, or give other ports");
}

async function folderCanBeMade({ datadir, network }: Config): Promise<CheckResult> {
  const folder = join(datadir, network.name);
  try {
    mkdirSync(folder, { recursive: true });
    return ok(folder);
  } catch (cause) {
    return broken(`${folder}: ${String(cause)}`, "name a folder with --datadir");
  }
}

/** What the machine offers. @source interfaces.md 7.5 */
export const HOST_CHECKS: readonly Check[] = [
  { id: "host-node", run: nodeVersion },
  { id: "host-memory", run: memory },
  { id: "host-open-files", run: async () => judgeOpenFiles(openFilesMax()) },
  { id: "host-folder-rights", run: folderRights },
  { id: "host-folder", run: folderCanBeMade },
  { id: "host-disk-free", run: diskFree },
  { id: "host-disk-speed", run: diskSpeed },
  { id: "host-ports", run: ports },
];
