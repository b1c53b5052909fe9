import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import type { ContainerTool } from "./container-tool.ts";
import { outputOf } from "./image-fault.ts";

/**
 * Write an image as one file that docker and podman load, for machines that pull from no registry.
 *
 * @param path of the `.tar.zst`
 * @returns lower-case hex of its SHA-256, which whoever fetches it checks
 */
export async function saveImage(tool: ContainerTool, id: string, path: string): Promise<string> {
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-save-"));
  const archive = join(folder.path, "image.tar");
  outputOf("saving the image", await tool.run(wordsOf(tool, id, archive)));
  const hash = createHash("sha256");
  const hashed = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      done(undefined, chunk);
    },
  });
  await pipeline(createReadStream(archive), createZstdCompress(), hashed, createWriteStream(path));
  return hash.digest("hex");
}

function wordsOf({ name }: ContainerTool, id: string, archive: string): readonly string[] {
  if (name === "buildah") return ["push", "--quiet", id, `docker-archive:${archive}`];
  const format = name === "docker" ? [] : ["--format=docker-archive"];
  return ["save", ...format, `--output=${archive}`, id];
}
