import { createReadStream, createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { judgeSet, type SetTrust } from "#shared/coins/judge-set.ts";
import { parseManifest, type SnapshotManifest } from "#shared/coins/snapshot-manifest.ts";
import { snapshotName } from "#shared/coins/snapshot-name.ts";
import { SNAPSHOTS_KEPT, type Snapshots } from "#shared/ports/snapshots.ts";
import type { Result } from "#shared/primitives/result.ts";
import { storeFault } from "./store-fault-of.ts";

const MANIFEST = "manifest.json";
/** A manifest names at most a few thousand files. */
const MANIFEST_BYTES_MAX = 4 * 1_048_576;

/**
 * Put a snapshot that lies in a folder where others find it, its manifest last, and let go of all but
 * the highest three. Repeated, it replaces files by the same.
 *
 * @returns its name
 */
export async function publishSnapshot(folder: string, snapshots: Snapshots): Promise<string> {
  const manifest = readManifest(folder);
  const name = snapshotName(manifest);
  for (const file of [...filesOf(manifest), MANIFEST]) {
    await snapshots.write(name, file, piecesOf(join(folder, file)));
  }
  const kept = await snapshots.names();
  for (const old of kept.slice(SNAPSHOTS_KEPT)) await snapshots.remove(old);
  return name;
}

/** Opened once it is read, so that what it says is heard by whoever reads it. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

/** What a snapshot that lies in a folder is called among others. @throws StoreFault for none */
export function readSnapshotName(folder: string): string {
  return snapshotName(readManifest(folder));
}

/** What a snapshot that lies in a folder says of itself. @throws StoreFault for none */
export function readManifest(folder: string): SnapshotManifest {
  return parse(readFileSync(join(folder, MANIFEST), "utf8"), folder);
}

/** Manifests of a network's snapshots, the highest first. What is none is left out. */
export async function readManifests(
  snapshots: Snapshots,
  network: string,
): Promise<readonly SnapshotManifest[]> {
  const found: SnapshotManifest[] = [];
  for (const name of await snapshots.names()) {
    const text = await readText(snapshots, name);
    const manifest = text === undefined ? undefined : parseManifest(text);
    if (manifest?.ok === true && manifest.value.network === network) found.push(manifest.value);
  }
  return found;
}

/**
 * Fetch the highest snapshot of a network that may be trusted into a folder. Its files are as they
 * came: whoever imports them holds each against the manifest.
 *
 * @returns its manifest; else why each that is there may not be trusted
 * @throws StoreFault `EXOS-E1013` when a file that its manifest names is missing
 * @source cloud.md 5.4 "Trust"
 */
export async function fetchSnapshot(
  snapshots: Snapshots,
  wish: SetTrust,
  folder: string,
): Promise<Result<SnapshotManifest, readonly string[]>> {
  const refused: string[] = [];
  for (const manifest of await readManifests(snapshots, wish.network.name)) {
    const name = snapshotName(manifest);
    const judged = judgeSet(manifest, wish);
    if (!judged.ok) {
      refused.push(`${name}: ${judged.error}`);
      continue;
    }
    mkdirSync(folder, { recursive: true });
    for (const file of [...filesOf(manifest), MANIFEST]) {
      const pieces = await snapshots.read(name, file);
      if (pieces === undefined) throw storeFault("EXOS-E1013", `${name}/${file}: is missing`);
      const target = createWriteStream(join(folder, file), { flush: true });
      await pipeline(Readable.from(pieces, { objectMode: false }), target);
    }
    return { ok: true, value: manifest };
  }
  return { ok: false, error: refused };
}

function filesOf({ headers, chunks }: SnapshotManifest): string[] {
  return [headers, ...chunks].map(({ name }) => name);
}

async function readText(snapshots: Snapshots, name: string): Promise<string | undefined> {
  const pieces = await snapshots.read(name, MANIFEST);
  if (pieces === undefined) return undefined;
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > MANIFEST_BYTES_MAX) return undefined;
    read.push(piece);
  }
  return new TextDecoder().decode(Buffer.concat(read));
}

function parse(text: string, folder: string): SnapshotManifest {
  const manifest = parseManifest(text);
  if (manifest.ok) return manifest.value;
  const path = join(folder, MANIFEST);
  throw storeFault("EXOS-E1013", `${path}: ${manifest.error} is not as it must be`);
}
