import { openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

// Started as a process of its own: holds the folder given as its argument until it is killed.
const root = process.argv[2] ?? "";
await openDataFolder({ root, network: "stratis", genesis: "ab".repeat(32) as HashHex });
process.stdout.write("held\n");
setInterval(() => undefined, 1_000);
