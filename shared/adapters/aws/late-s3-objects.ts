import { lazy } from "#shared/primitives/lazy.ts";
import type { S3Objects } from "./s3-objects.ts";

/**
 * The same objects, opened by whoever asks for one first. Most events of a city ask its tables alone,
 * and the client of a bucket is 140 KB that each start would compile.
 */
export function lateS3Objects(bucket: string, open: () => Promise<S3Objects>): S3Objects {
  const opened = lazy(open);
  return {
    bucket,
    get: async (key) => (await opened()).get(key),
    range: async (key, from, length) => (await opened()).range(key, from, length),
    read: async (key) => (await opened()).read(key),
    put: async (key, bytes) => (await opened()).put(key, bytes),
    putIfAbsent: async (key, bytes) => (await opened()).putIfAbsent(key, bytes),
    writeIfAbsent: async (key, pieces) => (await opened()).writeIfAbsent(key, pieces),
    write: async (key, pieces) => (await opened()).write(key, pieces),
    async *list(prefix) {
      yield* (await opened()).list(prefix);
    },
    delete: async (key) => (await opened()).delete(key),
    deleteIf: async (key, etag) => (await opened()).deleteIf(key, etag),
  };
}
