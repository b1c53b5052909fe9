import { createHash } from "node:crypto";
import * as z from "zod";
import { inParallel } from "#shared/ports/in-parallel.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { RELEASE_NAME } from "#shared/primitives/release-name.ts";
import type { ReleaseObjects } from "./deploy-ports.ts";
import { jsonOf } from "./json-of.ts";
import { dropImages } from "./stored-image.ts";

/** One file of a release. */
export interface ReleaseFile {
  /** From the root of the assembly, with `/` between folders. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Most files, and most bytes of one of them. */
const FILES_MAX = 2_000;
const FILE_BYTES_MAX = 64 * 1_048_576;

const CONTENTS = z.strictObject({
  v: z.literal(1),
  version: z.string().regex(RELEASE_NAME),
  /** Unix seconds. */
  at: z.int().nonnegative(),
  files: z
    .array(
      z.strictObject({
        path: z
          .string()
          .regex(/^[\w@.-]+(\/[\w@.-]+)*$/)
          .refine((path) => !path.split("/").includes("..")),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        bytes: z.int().nonnegative().max(FILE_BYTES_MAX),
      }),
    )
    .max(FILES_MAX),
});

const keyOf = (version: string, path: string): string => `assembly/${version}/${path}`;
const CONTENTS_FILE = "release.json";
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Store everything that is deployed under its version. The list of contents comes last, so a release
 * that was cut off is none; stored again, it is the same.
 */
export async function saveRelease(
  release: {
    readonly version: string;
    /** Unix seconds. */
    readonly at: number;
    readonly files: readonly ReleaseFile[];
  },
  objects: ReleaseObjects,
): Promise<void> {
  const { version, at, files } = release;
  const rows = files.map(({ path, bytes }) => ({
    path,
    sha256: sha256(bytes),
    bytes: bytes.length,
  }));
  const contents = CONTENTS.parse({ v: 1, version, at, files: rows });
  await inParallel(files, AT_ONCE, ({ path, bytes }) => objects.put(keyOf(version, path), bytes));
  await objects.put(keyOf(version, CONTENTS_FILE), Buffer.from(JSON.stringify(contents)));
}

/**
 * Every file of a stored release, each as it was stored.
 *
 * @returns `undefined` when there is no such release
 * @throws StoreFault naming the file that is missing or is not what was stored
 */
export async function fetchRelease(
  version: string,
  objects: Pick<ReleaseObjects, "get">,
): Promise<readonly ReleaseFile[] | undefined> {
  const text = await objects.get(keyOf(version, CONTENTS_FILE));
  if (text === undefined) return undefined;
  const contents = CONTENTS.safeParse(jsonOf(text));
  if (!contents.success) throw damaged(version, CONTENTS_FILE);
  return inParallel(contents.data.files, AT_ONCE, async ({ path, sha256: wanted }) => {
    const bytes = await objects.get(keyOf(version, path));
    if (bytes === undefined || sha256(bytes) !== wanted) throw damaged(version, path);
    return { path, bytes };
  });
}

/** A release has hundreds of small files, and each is a way to the bucket and back. */
const AT_ONCE = 16;

function damaged(version: string, path: string): StoreFault {
  return new StoreFault(
    `${path} of release ${version} is not what was stored; deploy a new version`,
    {
      retryable: false,
      code: "EXOS-E8102",
    },
  );
}

/** Versions that are stored whole, newest first. */
export async function listReleases(objects: ReleaseObjects): Promise<readonly string[]> {
  const found: { readonly version: string; readonly at: number }[] = [];
  for (const key of await objects.list("assembly/")) {
    if (!key.endsWith(`/${CONTENTS_FILE}`)) continue;
    const contents = CONTENTS.safeParse(jsonOf((await objects.get(key)) ?? new Uint8Array(0)));
    if (contents.success) found.push(contents.data);
  }
  return found.toSorted((a, b) => b.at - a.at).map(({ version }) => version);
}

/** Drop all but the newest versions, and what is named; their images with them. @returns versions that went */
export async function dropOldReleases(
  { keep, spare }: { readonly keep: number; readonly spare: ReadonlySet<string> },
  objects: ReleaseObjects,
): Promise<readonly string[]> {
  const old = (await listReleases(objects)).slice(keep).filter((version) => !spare.has(version));
  for (const version of old) {
    // The list of contents goes first: what is half gone is no release any more.
    await objects.drop(keyOf(version, CONTENTS_FILE));
    for (const key of await objects.list(keyOf(version, ""))) await objects.drop(key);
  }
  await dropImages(old, objects);
  return old;
}
