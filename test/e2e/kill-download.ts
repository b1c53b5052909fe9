/**
 * `node test/e2e/kill-download.ts [moments]`: SIGKILL at heights spread evenly over a chain that is
 * downloaded from a peer, 10 unless given. After each the next process goes on where the stores
 * stand, and the end is the same tip and set hash; the peer serves on. Exit code 1 when it is not.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { openPeerNode } from "../support/peer-node.ts";
import { SHORT_CHAINS, totalsOf } from "../support/recorded-chains.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const FILE = "exos-regtest/chain.dat";
const MOMENTS = 10;

const print = (line: string) => process.stdout.write(`${line}\n`);
const moments = Number(process.argv[2] ?? MOMENTS);
const chain = SHORT_CHAINS.find(({ file }) => file === FILE);
if (chain === undefined) throw new RangeError(`${FILE} is not known`);

using servedFolder = temporaryFolder();
using folder = temporaryFolder();
await using server = await openPeerNode(chain.network, servedFolder.path);
await importFile(server.node, vectorsPath(FILE) ?? "");
await server.ingest.tipMoved();

interface Event {
  readonly event: "open" | "kill" | "end";
  readonly height: number;
}

async function life(killAt: number): Promise<Event[]> {
  const { name } = server.node.network;
  const child = join(import.meta.dirname, "kill-download-child.ts");
  const port = String(server.endpoint.port);
  const args = [child, name, folder.path, port, chain?.hash ?? "", String(killAt)];
  const started = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  started.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(started, "close");
  return said
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Event => JSON.parse(line));
}

const heightOf = (events: readonly Event[], name: Event["event"]) =>
  events.find(({ event }) => event === name)?.height;

let held = true;
let last = 0;
for (let moment = 1; moment <= moments; moment++) {
  const events = await life(Math.floor((moment * chain.height) / (moments + 1)));
  const opened = heightOf(events, "open") ?? -1;
  print(`  went on at ${opened}, killed at height ${heightOf(events, "kill")}`);
  held &&= opened >= last && heightOf(events, "kill") !== undefined;
  last = opened;
}
const end = (await life(0)).find(({ event }) => event === "end");
const wanted = Object.entries(totalsOf(chain));
const same = wanted.every(([key, value]) => end !== undefined && Object(end)[key] === value);
print(`  ${same ? "same tip, coins, supply and muhash" : `WRONG: ${JSON.stringify(end)}`}`);
const serves = server.ends.length === 0;
if (!serves) print(`  WRONG: the peer parted: ${JSON.stringify(server.ends)}`);
process.exitCode = held && same && serves ? 0 : 1;
