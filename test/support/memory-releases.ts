import { createHash } from "node:crypto";
import type { ReleaseObjects } from "#services/cli/fleet/deploy-ports.ts";
import type { BuiltImage } from "#services/cli/fleet/stored-image.ts";

/** Objects of a bucket, in memory. */
export function memoryReleases(): ReleaseObjects & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    put: async (key, bytes) => void kept.set(key, bytes),
    get: async (key) => kept.get(key),
    list: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)).toSorted(),
    drop: async (key) => void kept.delete(key),
  };
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** A layout of two platforms that share a layer, whose bytes are as good as any. */
export function smallImage(name: string, { archive = true } = {}): BuiltImage {
  const blobs = new Map<string, Uint8Array>();
  const put = (bytes: Uint8Array) => {
    const digest = `sha256:${sha256(bytes)}`;
    blobs.set(digest, bytes);
    return { digest, size: bytes.length };
  };
  const json = (value: object) => Uint8Array.from(Buffer.from(JSON.stringify(value)));
  const layer = put(json({ layer: "base" }));
  const manifests = ["arm64", "amd64"].map((architecture) => {
    const config = put(json({ name, architecture }));
    const manifest = json({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] });
    return { mediaType: MANIFEST, ...put(manifest), platform: { os: "linux", architecture } };
  });
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const index = json({ schemaVersion: 2, mediaType, manifests });
  const packed = json({ archive: name });
  return {
    digest: `sha256:${sha256(index)}`,
    platforms: ["linux/arm64", "linux/amd64"],
    index,
    blobs: [...blobs].map(([digest, bytes]) => ({
      digest,
      bytes: bytes.length,
      read: async () => bytes,
    })),
    archive: archive
      ? {
          sha256: sha256(packed),
          bytes: packed.length,
          platform: "linux/amd64",
          read: async () => packed,
        }
      : undefined,
  };
}
