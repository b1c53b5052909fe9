import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import {
  type ImportedSnapshot,
  importSnapshot,
  type SnapshotTrust,
  verifySnapshot,
} from "#shared/adapters/embedded/import-snapshot.ts";
import type { SnapshotManifest } from "#shared/coins/snapshot-manifest.ts";

/** Write the coins of an open node. @throws StoreFault `EXOS-E1013` for a height that is not kept */
export function createSnapshot(
  { network, coins, headers }: EmbeddedNode,
  to: { readonly folder: string; readonly height: number | undefined; readonly program: string },
): Promise<SnapshotManifest> {
  return exportSnapshot({ network, coins, headers, program: to.program }, to.folder, to.height);
}

/** Check a folder against itself and against who vouches for it. @throws StoreFault `EXOS-E1013` */
export function checkSnapshot(trust: SnapshotTrust, folder: string): Promise<ImportedSnapshot> {
  return verifySnapshot(trust, folder);
}

/** Fill a node that has no chain yet. @throws StoreFault `EXOS-E1013` */
export async function restoreSnapshot(
  node: EmbeddedNode,
  { trust }: Pick<SnapshotTrust, "trust">,
  folder: string,
): Promise<ImportedSnapshot> {
  const target = { ...node, ...(trust === undefined ? {} : { trust }) };
  const imported = await importSnapshot(target, folder);
  node.folder.lowestBody.set(imported.manifest.height + 1);
  return imported;
}
