import * as z from "zod";
import type { ImageRegistry } from "#shared/ports/image-registry.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { ReleaseObjects } from "./deploy-ports.ts";
import { readPart, type StoredImage } from "./stored-image.ts";

const INDEX = z.object({
  mediaType: z.string(),
  manifests: z.array(z.object({ mediaType: z.string(), digest: z.string() })).min(1),
});

/** What is pushed where. */
export interface PushDeps {
  readonly objects: Pick<ReleaseObjects, "get">;
  readonly registry: ImageRegistry;
}

/**
 * Give a registry the image of a release, byte by byte as it is stored, so that its digest is the
 * same everywhere. The index, which names all of it, comes last and carries the version as its tag.
 * May be killed anywhere and begun again: what is there is not sent twice.
 *
 * @returns whether there is such a repository; it is made with the city's storage
 * @throws StoreFault when the world failed
 * @source cloud.md 7.2
 */
export async function pushImage(
  { version, image }: { readonly version: string; readonly image: StoredImage },
  { objects, registry }: PushDeps,
): Promise<"there" | "pushed" | "no repository"> {
  const found = await registry.find(image.digest);
  if (found !== "missing") return found;
  const read = (digest: string) => readPart(version, digest, objects);
  const bytes = await read(image.digest);
  const { mediaType, manifests } = indexOf(bytes, version);
  const named = new Set(manifests.map(({ digest }) => digest));
  for (const { digest } of image.blobs.filter((blob) => !named.has(blob.digest))) {
    if (!(await registry.hasBlob(digest))) await registry.putBlob(digest, await read(digest));
  }
  for (const manifest of manifests) {
    const part = { mediaType: manifest.mediaType, bytes: await read(manifest.digest) };
    await registry.putManifest(manifest.digest, part);
  }
  await registry.putManifest(version, { mediaType, bytes });
  return "pushed";
}

function indexOf(bytes: Uint8Array, version: string): z.output<typeof INDEX> {
  const index = INDEX.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  if (index.success) return index.data;
  throw new StoreFault(`the image of ${version} has no index; deploy a new version`, {
    retryable: false,
    code: "EXOS-E8102",
  });
}
