import { type HashHex, type Height, height } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";

/** One file of a snapshot: zstd of its content. */
export interface SnapshotFile {
  readonly name: string;
  /** Of the file as it lies there, in hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Coins or headers in it. */
  readonly count: number;
}

/** What a snapshot is of, and what its files must be. @source cloud.md 5.3 */
export interface SnapshotManifest {
  readonly schema: "exos.snapshot.v1";
  readonly network: string;
  readonly height: Height;
  readonly hash: HashHex;
  readonly work: bigint;
  readonly coins: number;
  readonly supply: bigint;
  /** Printed order. */
  readonly muhash: HashHex;
  readonly headers: SnapshotFile;
  /** Coins by outpoint, 64 MiB before compression each, the last one less. */
  readonly chunks: readonly SnapshotFile[];
  /** Version of the program that wrote it. */
  readonly program: string;
  /** Empty until there is a release key. */
  readonly signature: string;
}

/** A manifest as the text of its file. */
export function encodeManifest(manifest: SnapshotManifest): string {
  const { work, supply, ...rest } = manifest;
  const text = { ...rest, work: work.toString(), supply: supply.toString() };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isDigits = (value: unknown): value is string =>
  typeof value === "string" && /^[0-9]{1,80}$/.test(value);

function parseFile(value: unknown): SnapshotFile | undefined {
  if (!isFields(value)) return undefined;
  const { name, sha256, bytes, count } = value;
  if (typeof name !== "string" || !/^[a-z0-9-]+\.bin\.zst$/.test(name)) return undefined;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  return isCount(bytes) && isCount(count) ? { name, sha256, bytes, count } : undefined;
}

/** @returns the manifest, or the name of the first field that is not what it must be */
export function parseManifest(text: string): Result<SnapshotManifest, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What is wrong with text that is no JSON is that it is no JSON.
    return { ok: false, error: "no JSON" };
  }
  if (!isFields(value)) return { ok: false, error: "no object" };
  const { schema, network, work, coins, supply, program, signature } = value;
  if (schema !== "exos.snapshot.v1") return { ok: false, error: "schema" };
  if (typeof network !== "string") return { ok: false, error: "network" };
  if (!isCount(value["height"])) return { ok: false, error: "height" };
  const hash = parseHashHex(String(value["hash"]));
  if (hash === undefined) return { ok: false, error: "hash" };
  const muhash = parseHashHex(String(value["muhash"]));
  if (muhash === undefined) return { ok: false, error: "muhash" };
  if (!isDigits(work)) return { ok: false, error: "work" };
  if (!isDigits(supply)) return { ok: false, error: "supply" };
  if (!isCount(coins)) return { ok: false, error: "coins" };
  const headers = parseFile(value["headers"]);
  if (headers === undefined) return { ok: false, error: "headers" };
  const list: unknown = value["chunks"];
  const chunks = Array.isArray(list) ? list.map(parseFile) : [undefined];
  const known = chunks.filter((chunk) => chunk !== undefined);
  if (known.length !== chunks.length) return { ok: false, error: "chunks" };
  if (typeof program !== "string") return { ok: false, error: "program" };
  if (typeof signature !== "string") return { ok: false, error: "signature" };
  const manifest: SnapshotManifest = {
    schema,
    network,
    height: height(value["height"]),
    hash,
    work: BigInt(work),
    coins,
    supply: BigInt(supply),
    muhash,
    headers,
    chunks: known,
    program,
    signature,
  };
  return { ok: true, value: manifest };
}
