/**
 * One download that kills itself, for `kill-download.ts`, as `kill-child.ts` does in an import.
 * Arguments: network, root, the port to dial, the tip to wait for, and the height at whose header
 * it dies (0: never).
 * @module
 */
import { NETWORKS } from "#shared/consensus/networks.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { openPeerNode } from "../support/peer-node.ts";

const [name = "", root = "", port = "", hash = "", killAt = "0"] = process.argv.slice(2);
/** Blocks between two flushes, so that every life gets further than the one before. */
const FLUSH_BLOCKS = 100;

const print = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);

const network = NETWORKS[name];
if (network === undefined) throw new RangeError(`no network ${name}`);
await using client = await openPeerNode(network, root, { flushBlocks: FLUSH_BLOCKS });
const { node } = client;
print({ event: "open", height: (await node.tip()).height });

const height = Number(killAt);
const { put } = node.headers;
node.headers.put = async (record) => {
  if (height > 0 && record.height >= height) {
    print({ event: "kill", height: record.height });
    process.kill(process.pid, "SIGKILL");
  }
  return put(record);
};

await client.connect({ host: "127.0.0.1", port: Number(port) });
await client.until(async () => (await node.tip()).hash === hash || client.ends.length > 0);
const tip = await node.coins.tip();
if (tip !== undefined) {
  const { coins, supply, muhash } = await node.coins.totals(tip);
  const totals = { coins, supply: String(supply), muhash: toHashHex(muhash) };
  print({ event: "end", height: tip.height, hash: tip.hash, ...totals, ends: client.ends });
}
