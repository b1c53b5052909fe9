import { createHash } from "node:crypto";
import * as z from "zod";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { ReleaseObjects } from "./deploy-ports.ts";
import { jsonOf } from "./json-of.ts";

const DIGEST = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const SIZE = z
  .int()
  .nonnegative()
  .max(2 ** 31);

/** What is kept of the image of a release: `image.json` beside its parts. */
const STORED = z.strictObject({
  v: z.literal(1),
  /** Of the index, which names one image for each platform. */
  digest: DIGEST,
  platforms: z.array(z.string()).min(1),
  /** Everything that the index names: manifests, configurations, layers. */
  blobs: z.array(z.strictObject({ digest: DIGEST, bytes: SIZE })).max(200),
  /** For machines that pull from no registry. */
  archive: z
    .strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: SIZE, platform: z.string() })
    .optional(),
});

/** The image of a release. */
export type StoredImage = Readonly<z.output<typeof STORED>>;

/** Bytes that are read when they are needed. */
interface Part {
  readonly bytes: number;
  read(): Promise<Uint8Array>;
}

/** An image that was built. */
export interface BuiltImage {
  readonly digest: string;
  readonly platforms: readonly string[];
  readonly index: Uint8Array;
  readonly blobs: readonly (Part & { readonly digest: string })[];
  readonly archive: (Part & { readonly sha256: string; readonly platform: string }) | undefined;
}

const CONTENTS = "image.json";
const keyOf = (version: string, name: string) => `image/${version}/${name.replace(":", "-")}`;

/** Where the archive of an image is read, from the root of the bucket and of the zone. */
export function archiveKey({ sha256 }: { readonly sha256: string }): string {
  return `release/image-${sha256}.tar.zst`;
}

/**
 * Store an image under the version of its release: what every registry is given, and the archive that
 * the edge serves. What it consists of is said last, so that one that was cut off is none.
 */
export async function saveImage(
  version: string,
  image: BuiltImage,
  objects: Pick<ReleaseObjects, "put">,
): Promise<void> {
  const { digest, platforms, index, blobs, archive } = image;
  await objects.put(keyOf(version, digest), index);
  for (const blob of blobs) await objects.put(keyOf(version, blob.digest), await blob.read());
  if (archive !== undefined) await objects.put(archiveKey(archive), await archive.read());
  const stored = STORED.parse({
    v: 1,
    digest,
    platforms: [...platforms],
    blobs: blobs.map((blob) => ({ digest: blob.digest, bytes: blob.bytes })),
    ...(archive !== undefined && {
      archive: { sha256: archive.sha256, bytes: archive.bytes, platform: archive.platform },
    }),
  });
  await objects.put(keyOf(version, CONTENTS), Buffer.from(JSON.stringify(stored)));
}

/** @returns `undefined` where the release has no image of ours */
export async function findImage(
  version: string,
  objects: Pick<ReleaseObjects, "get">,
): Promise<StoredImage | undefined> {
  const bytes = await objects.get(keyOf(version, CONTENTS));
  if (bytes === undefined) return undefined;
  const stored = STORED.safeParse(jsonOf(bytes));
  if (stored.success) return stored.data;
  throw damaged(version, CONTENTS);
}

/** A part of a stored image. @throws StoreFault when it is missing, or other bytes than were stored */
export async function readPart(
  version: string,
  digest: string,
  objects: Pick<ReleaseObjects, "get">,
): Promise<Uint8Array> {
  const bytes = await objects.get(keyOf(version, digest));
  const found = bytes && `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (bytes !== undefined && found === digest) return bytes;
  throw damaged(version, digest);
}

/** Drop the images of releases that went; an archive stays while another release has the same. */
export async function dropImages(
  versions: readonly string[],
  objects: ReleaseObjects,
): Promise<void> {
  for (const version of versions) {
    const image = await findImage(version, objects);
    // What says that there is one goes first: what is half gone is none any more.
    await objects.drop(keyOf(version, CONTENTS));
    for (const key of await objects.list(keyOf(version, ""))) await objects.drop(key);
    const archive = image?.archive;
    if (archive === undefined || (await isNamed(archive.sha256, objects))) continue;
    await objects.drop(archiveKey(archive));
  }
}

async function isNamed(sha256: string, objects: ReleaseObjects): Promise<boolean> {
  for (const key of await objects.list("image/")) {
    const [, version = "", name] = key.split("/");
    if (name !== CONTENTS) continue;
    if ((await findImage(version, objects))?.archive?.sha256 === sha256) return true;
  }
  return false;
}

function damaged(version: string, name: string): StoreFault {
  return new StoreFault(
    `${name} of the image of ${version} is not what was stored; deploy a new version`,
    { retryable: false, code: "EXOS-E8102" },
  );
}
