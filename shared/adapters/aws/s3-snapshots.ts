import { highestFirst } from "#shared/coins/snapshot-name.ts";
import type { Snapshots } from "#shared/ports/snapshots.ts";
import type { S3Objects } from "./s3-objects.ts";

const PREFIX = "snapshots/";
const MANIFEST = "manifest.json";

/** Snapshots as objects `snapshots/<name>/<file>` of the bucket `chain`. @source cloud.md 5.1 */
export function createS3Snapshots(objects: S3Objects): Snapshots {
  const keyOf = (name: string, file: string): string => `${PREFIX}${name}/${file}`;
  return {
    async names() {
      const names: string[] = [];
      for await (const { key } of objects.list(PREFIX)) {
        const [name = "", file] = key.slice(PREFIX.length).split("/");
        if (file === MANIFEST) names.push(name);
      }
      return highestFirst(names);
    },
    write: (name, file, pieces) => objects.write(keyOf(name, file), pieces),
    read: (name, file) => objects.read(keyOf(name, file)),
    async remove(name) {
      await objects.delete(keyOf(name, MANIFEST));
      for await (const { key } of objects.list(keyOf(name, ""))) await objects.delete(key);
    },
  };
}
