/**
 * One import that kills itself, for `kill.ts`: no handler runs, nothing is flushed, threads die
 * where they stand. Arguments: network, file, root, the height at whose header it dies (0: never),
 * and `flush` to die inside a flush begun there. Says on stdout where it opened, and how it ended.
 * @module
 */
import { openNode } from "#services/cli/embedded/open-node.ts";
import { openDiskChainFile } from "#shared/adapters/embedded/disk-chain-file.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";

const [name = "", path = "", root = "", killAt = "0", mode = ""] = process.argv.slice(2);
/** Blocks between two flushes, so that kills meet every state of the stores. */
const FLUSH_BLOCKS = 150;
/** How far into a flush it dies: before, within and after what the disk does. */
const FLUSH_DELAYS_MS = [0, 1, 2, 4, 8];

const print = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);
const die = () => process.kill(process.pid, "SIGKILL");

const network = NETWORKS[name];
if (network === undefined) throw new RangeError(`no network ${name}`);
await using node = await openNode({
  network,
  root,
  log: createMemoryLog(),
  jobs: 1,
  flushBlocks: FLUSH_BLOCKS,
});
print({ event: "open", height: (await node.tip()).height });

const height = Number(killAt);
const { put } = node.headers;
let dying = false;
node.headers.put = async (record) => {
  if (height > 0 && record.height >= height && !dying) {
    dying = true;
    const delay = FLUSH_DELAYS_MS[height % FLUSH_DELAYS_MS.length] ?? 0;
    print({ event: "kill", height: record.height });
    if (mode !== "flush") die();
    // Not awaited: it is to be killed while the import goes on beside it.
    void node.flush();
    setTimeout(die, delay);
  }
  return put(record);
};

await using file = await openDiskChainFile(path);
const imported = await node.validator.importChain([file]);
print({ event: "end", ...(imported.ok ? imported.value : imported.error) });
