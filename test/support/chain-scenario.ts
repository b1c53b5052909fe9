import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { importSnapshot } from "#shared/adapters/embedded/import-snapshot.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { type RecordedChain, totalsOf } from "./recorded-chains.ts";
import { importFile, openTestNode, temporaryFolder } from "./test-node.ts";

/** Blocks that are taken back and put on again. */
const REORGANISED_BLOCKS = 60;

export interface ScenarioOptions {
  /** Verifying workers. */
  readonly jobs?: number;
  /** Called with the name of each step that held. */
  readonly onStep?: (step: string) => void;
}

/**
 * Everything that must leave a recorded chain as its table says: import, export in both framings,
 * a reorganisation there and back, a restart, a snapshot into an empty folder, and an import of
 * what was exported.
 *
 * @throws AssertionError naming the first difference
 */
export async function replayChain(
  chain: RecordedChain,
  path: string,
  { jobs = 0, onStep = () => undefined }: ScenarioOptions = {},
): Promise<void> {
  using folder = temporaryFolder();
  const other = join(folder.path, "other.bin");
  const snapshot = join(folder.path, "snapshot");
  {
    await using node = await openTestNode(chain.network, join(folder.path, "first"), { jobs });
    await importAgain(node, path, chain);
    onStep("import");
    // Byte for byte what was read, and in another framing what another folder is to read.
    ok((await exportOf(node, chain)).equals(readFileSync(path)), "exported bytes differ");
    writeFileSync(other, await exportOf(node, { framing: "length", from: 0 }));
    onStep("export");
    await reorganise(node, chain);
    deepEqual(await totalsAt(node), totalsOf(chain));
    onStep("invalidateblock, reconsiderblock");
    const { network, headers, coins } = node;
    await exportSnapshot({ network, headers, coins, program: "test" }, snapshot);
  }
  {
    await using node = await openTestNode(chain.network, join(folder.path, "first"), { jobs });
    await importAgain(node, path, chain, { blocks: 0 });
    onStep("restart");
  }
  {
    await using node = await openTestNode(chain.network, join(folder.path, "second"));
    // Somebody has to vouch for the set where it is not a development network's.
    const trust = chain.muhash as HashHex;
    await importSnapshot({ ...node, trust }, snapshot);
    deepEqual(await totalsAt(node), totalsOf(chain));
    onStep("snapshot");
  }
  await using copy = await openTestNode(chain.network, join(folder.path, "third"), { jobs });
  await importAgain(copy, other, chain);
  onStep("import of the export");
}

async function importAgain(
  node: EmbeddedNode,
  path: string,
  chain: RecordedChain,
  more: { readonly blocks?: number } = {},
): Promise<void> {
  const imported = await importFile(node, path);
  if (!imported.ok) throw new RangeError(imported.error.message);
  const wanted = { ...totalsOf(chain), ...more };
  const got = Object.fromEntries(
    Object.entries(imported.value).filter(([key]) => Object.hasOwn(wanted, key)),
  );
  deepEqual(got, wanted);
}

async function exportOf(
  node: EmbeddedNode,
  options: { readonly framing: "magic" | "length"; readonly from: 0 | 1 },
): Promise<Buffer> {
  const { framing, from } = options;
  const pieces: Uint8Array[] = [];
  await node.validator.exportChain(async (bytes) => void pieces.push(bytes), { framing, from });
  return Buffer.concat(pieces);
}

async function reorganise(node: EmbeddedNode, chain: RecordedChain): Promise<void> {
  const tip = await node.coins.tip();
  const hash = tip?.win[chain.height - REORGANISED_BLOCKS + 1 - tip.base];
  if (hash === undefined) throw new RangeError("the window ends above the block");
  equal((await node.validator.invalidate(hash)).ok, true);
  equal((await node.tip()).height, chain.height - REORGANISED_BLOCKS);
  equal((await node.validator.reconsider(hash)).ok, true);
}

async function totalsAt(node: EmbeddedNode) {
  const tip = await node.coins.tip();
  if (tip === undefined) throw new RangeError("no tip");
  const { coins, supply, muhash } = await node.coins.totals(tip);
  const { height, hash } = tip;
  return { height, hash, coins, supply: supply.toString(), muhash: toHashHex(muhash) };
}
