/**
 * `node test/e2e/full-disk.ts`: a node downloads a chain from a peer onto a disk of a few MiB until
 * it is full, again onto the same full disk, and again once there is room. It says so with its code
 * each time, loses no block that it had accepted, and ends at the peer's tip and set hash. The disk
 * is a file system in memory, which takes a mount namespace of one's own. Exit code 1 when not.
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCli } from "../support/cli-process.ts";
import { openJoinedNode } from "../support/joined-node.ts";
import { SHORT_CHAINS } from "../support/recorded-chains.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const FILE = "exos-regtest/chain.dat";
/** Room for some of the chain and not for all of it: measured at 6.9 MiB. */
const SMALL = "3m";
/** What doctor asks for at least is 1 GiB. */
const ENOUGH = "2g";
const FULL = "EXOS-E1003";

const print = (line: string) => process.stdout.write(`${line}\n`);

function mount(...words: readonly string[]): void {
  const { status, stderr } = spawnSync("mount", words, { encoding: "utf8" });
  if (status !== 0) throw new RangeError(`mount ${words.join(" ")}: ${stderr}`);
}

/** The height that a stopped node's own doctor finds, and whether anything is broken. */
async function examine(
  datadir: string,
): Promise<{ readonly height: number; readonly ok: boolean }> {
  await using cli = startCli(["doctor", "--datadir", datadir]);
  const { out, code } = await cli.ended();
  return { height: Number(/tip (\d+)/.exec(out)?.[1] ?? -1), ok: code === 0 };
}

async function run(): Promise<boolean> {
  const chain = SHORT_CHAINS.find(({ file }) => file === FILE);
  if (chain === undefined) throw new RangeError(`${FILE} is not known`);
  using served = temporaryFolder();
  using disk = mkdtempDisposableSync(join(tmpdir(), "exos-disk-"));
  await using peer = await openJoinedNode(chain.network, served.path);
  await importFile(peer.node, vectorsPath(FILE) ?? "");
  await peer.peered.ingest.tipMoved();

  mount("-t", "tmpfs", "-o", `size=${SMALL}`, "none", disk.path);
  try {
    const connect = `127.0.0.1:${peer.endpoint.port}`;
    const words = ["start", "--json", "--datadir", disk.path, "--connect", connect];
    const ports = ["--httpport", "0", "--rpcport", "0", "--jobs", "0", "--dbcache", "16"];
    let good = true;
    for (const attempt of [1, 2]) {
      await using node = startCli([...words, ...ports]);
      const { code, err } = await node.ended();
      const said = err.includes(FULL);
      print(`  full disk, start ${attempt}: exit code ${code}, ${said ? `says ${FULL}` : "WRONG"}`);
      good &&= said && code === 1;
    }
    mount("-o", `remount,size=${ENOUGH}`, disk.path);
    const between = await examine(disk.path);
    print(`  with room: tip ${between.height}, ${between.ok ? "nothing broken" : "WRONG"}`);
    await using node = startCli([...words, ...ports]);
    const [, httpUrl] = await node.says(/"httpUrl":"([^"]+)"/);
    await peer.until(async () => {
      const answer = await (await fetch(`${httpUrl}/v1/node`)).text();
      return answer.includes(`"tip":{"height":${chain.height},`);
    });
    node.signal("SIGINT");
    await node.ended();
    const after = await examine(disk.path);
    print(`  and on to ${after.height}, ${after.ok ? "nothing broken" : "WRONG"}`);
    return good && between.ok && after.ok && between.height > 0 && after.height === chain.height;
  } finally {
    spawnSync("umount", [disk.path]);
  }
}

const INSIDE = "inside";
if (process.argv[2] === INSIDE) {
  process.exitCode = (await run()) ? 0 : 1;
} else {
  const again = ["-rm", process.execPath, ...process.argv.slice(1, 2), INSIDE];
  process.exitCode = spawnSync("unshare", again, { stdio: "inherit" }).status ?? 1;
}
