import { describe, expect, it } from "vitest";
import {
  dropOldReleases,
  fetchRelease,
  listReleases,
  type ReleaseObjects,
  saveRelease,
} from "#services/cli/fleet/releases.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";

function memoryObjects(): ReleaseObjects & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    put: async (key, bytes) => void kept.set(key, bytes),
    get: async (key) => kept.get(key),
    list: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)).toSorted(),
    drop: async (key) => void kept.delete(key),
  };
}

const FILES = [
  { path: "manifest.json", bytes: Uint8Array.of(1, 2, 3) },
  { path: "asset.ab/lambda.mjs", bytes: new Uint8Array(9_000).fill(7) },
];
const release = (version: string, at: number) => ({ version, at, files: FILES });

describe("a stored release", () => {
  it("comes back file by file, and is listed newest first", async () => {
    const objects = memoryObjects();
    await saveRelease(release("1", 10), objects);
    await saveRelease(release("2", 20), objects);
    expect(await fetchRelease("1", objects)).toEqual(FILES);
    expect(await fetchRelease("3", objects)).toBeUndefined();
    expect(await listReleases(objects)).toEqual(["2", "1"]);
  });

  it.each([
    [
      "changed",
      (objects: ReturnType<typeof memoryObjects>, key: string) =>
        objects.kept.set(key, Uint8Array.of(9)),
    ],
    [
      "missing",
      (objects: ReturnType<typeof memoryObjects>, key: string) => objects.kept.delete(key),
    ],
  ])("is refused by the name of a file that is %s", async (_, change) => {
    const objects = memoryObjects();
    await saveRelease(release("1", 10), objects);
    change(objects, "assembly/1/asset.ab/lambda.mjs");
    await expect(fetchRelease("1", objects)).rejects.toThrow("asset.ab/lambda.mjs of release 1");
  });

  it("that names a file outside of its folder is refused", async () => {
    const objects = memoryObjects();
    const files = [{ path: "../x", bytes: new Uint8Array(1) }];
    await expect(saveRelease({ version: "1", at: 1, files }, objects)).rejects.toThrow();
  });

  it("that was cut off is none, and stored again is whole", async () => {
    for (let call = 1; call <= 3; call++) {
      const objects = memoryObjects();
      const cut = crashAt({ objects }, { call, when: "before" }).objects;
      await expect(saveRelease(release("1", 10), cut)).rejects.toThrow(CrashError);
      expect(await listReleases(objects)).toEqual([]);
      await saveRelease(release("1", 10), objects);
      expect(await fetchRelease("1", objects)).toEqual(FILES);
    }
  });

  it("goes when it is old, unless somebody runs it", async () => {
    const objects = memoryObjects();
    for (const at of [1, 2, 3, 4]) await saveRelease(release(String(at), at), objects);
    const gone = await dropOldReleases({ keep: 2, spare: new Set(["1"]) }, objects);
    expect(gone).toEqual(["2"]);
    expect(await listReleases(objects)).toEqual(["4", "3", "1"]);
    expect(await objects.list("assembly/2/")).toEqual([]);
  });
});
