import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ImageFault } from "./image-fault.ts";
import type { Platform } from "./platform.ts";

/** @source OCI image specification, `descriptor` */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const OCI = "application/vnd.oci.image";

/**
 * Add a layout to what Docker saved before version 25, which holds the same image without one: layers
 * are compressed, and a manifest names them and the configuration. Before version 23 that one has the
 * processor of this machine whatever was asked for, so that it is told.
 *
 * @param folder what was saved, unpacked
 * @throws ImageFault where it is something else
 */
export function layOutDockerArchive(folder: string, platform: Platform): void {
  const blobs = join(folder, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const put = (mediaType: string, bytes: Uint8Array): Descriptor => {
    const name = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(blobs, name), bytes);
    return { mediaType, digest: `sha256:${name}`, size: bytes.length };
  };
  const { Config, Layers } = savedIn(folder);
  const [os, architecture] = platform.split("/");
  const told = { ...JSON.parse(readFileSync(join(folder, Config), "utf8")), os, architecture };
  const config = put(`${OCI}.config.v1+json`, Buffer.from(JSON.stringify(told)));
  const layers = Layers.map((path) =>
    put(`${OCI}.layer.v1.tar+gzip`, gzipSync(readFileSync(join(folder, path)))),
  );
  const mediaType = `${OCI}.manifest.v1+json`;
  const text = JSON.stringify({ schemaVersion: 2, mediaType, config, layers });
  const index = { schemaVersion: 2, manifests: [put(mediaType, Buffer.from(text))] };
  writeFileSync(join(folder, "index.json"), JSON.stringify(index));
}

/** Docker's own word for an image that it saved. */
interface Saved {
  readonly Config: string;
  readonly Layers: readonly string[];
}

function savedIn(folder: string): Saved {
  const path = join(folder, "manifest.json");
  try {
    const [saved] = JSON.parse(readFileSync(path, "utf8")) as readonly Saved[];
    if (saved !== undefined) return saved;
  } catch (cause) {
    throw new ImageFault(`${path} does not tell what Docker saved`, { cause });
  }
  throw new ImageFault(`${path} names no image`);
}
