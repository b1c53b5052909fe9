import { join } from "node:path";
import { openLevelBlockStore } from "#shared/adapters/embedded/level-block-store.ts";
import { openLevelHeaderStore } from "#shared/adapters/embedded/level-header-store.ts";
import { headerRecord } from "./header-records.ts";

// Started as a process of its own: stores headers with bodies in the folder given as its argument,
// says at which height it has flushed, and goes on until it is killed.
const folder = process.argv[2] ?? "";
const blocks = await openLevelBlockStore(join(folder, "blocks"));
const headers = await openLevelHeaderStore(join(folder, "headers"));
let tip = headerRecord(undefined, 0);
for (;;) {
  await blocks.put(tip.hash, new Uint8Array(2_000).fill(tip.height));
  await headers.put(tip);
  await headers.setBodySize(tip.hash, 2_000);
  if (tip.height % 500 === 499) {
    await blocks.flush();
    await headers.flush();
    process.stdout.write(`${tip.height} ${tip.hash}\n`);
  }
  tip = headerRecord(tip, 1);
}
