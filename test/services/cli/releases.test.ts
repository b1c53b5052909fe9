import { describe, expect, it } from "vitest";
import {
  dropOldReleases,
  fetchRelease,
  listReleases,
  saveRelease,
} from "#services/cli/fleet/releases.ts";
import { archiveKey, findImage, readPart, saveImage } from "#services/cli/fleet/stored-image.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import { memoryReleases, smallImage } from "../../support/memory-releases.ts";

const FILES = [
  { path: "manifest.json", bytes: Uint8Array.of(1, 2, 3) },
  { path: "asset.ab/lambda.mjs", bytes: new Uint8Array(9_000).fill(7) },
];
const release = (version: string, at: number) => ({ version, at, files: FILES });

describe("a stored release", () => {
  it("comes back file by file, and is listed newest first", async () => {
    const objects = memoryReleases();
    await saveRelease(release("1", 10), objects);
    await saveRelease(release("2", 20), objects);
    expect(await fetchRelease("1", objects)).toEqual(FILES);
    expect(await fetchRelease("3", objects)).toBeUndefined();
    expect(await listReleases(objects)).toEqual(["2", "1"]);
  });

  it("of many files comes back in their order, and tells of them once all are there", async () => {
    const objects = memoryReleases();
    const files = Array.from({ length: 40 }, (_, at) => ({
      path: `asset.${at}/lambda.mjs`,
      bytes: Uint8Array.of(at),
    }));
    await saveRelease({ version: "1", at: 10, files }, objects);
    expect(await fetchRelease("1", objects)).toEqual(files);
    expect([...objects.kept.keys()].at(-1)).toBe("assembly/1/release.json");
  });

  it.each([
    [
      "changed",
      (objects: ReturnType<typeof memoryReleases>, key: string) =>
        objects.kept.set(key, Uint8Array.of(9)),
    ],
    [
      "missing",
      (objects: ReturnType<typeof memoryReleases>, key: string) => objects.kept.delete(key),
    ],
  ])("is refused by the name of a file that is %s", async (_, change) => {
    const objects = memoryReleases();
    await saveRelease(release("1", 10), objects);
    change(objects, "assembly/1/asset.ab/lambda.mjs");
    await expect(fetchRelease("1", objects)).rejects.toThrow("asset.ab/lambda.mjs of release 1");
  });

  it("whose contents were cut off is refused, and is none of those that are listed", async () => {
    const objects = memoryReleases();
    for (const at of [1, 2]) await saveRelease(release(String(at), at), objects);
    const key = "assembly/1/release.json";
    objects.kept.set(key, objects.kept.get(key)?.subarray(0, 9) ?? new Uint8Array(0));
    await expect(fetchRelease("1", objects)).rejects.toMatchObject({ code: "EXOS-E8102" });
    expect(await listReleases(objects)).toEqual(["2"]);
  });

  it("that names a file outside of its folder is refused", async () => {
    const objects = memoryReleases();
    const files = [{ path: "../x", bytes: new Uint8Array(1) }];
    await expect(saveRelease({ version: "1", at: 1, files }, objects)).rejects.toThrow();
  });

  it("that was cut off is none, and stored again is whole", async () => {
    for (let call = 1; call <= 3; call++) {
      const objects = memoryReleases();
      const cut = crashAt({ objects }, { call, when: "before" }).objects;
      await expect(saveRelease(release("1", 10), cut)).rejects.toThrow(CrashError);
      expect(await listReleases(objects)).toEqual([]);
      await saveRelease(release("1", 10), objects);
      expect(await fetchRelease("1", objects)).toEqual(FILES);
    }
  });

  it("goes when it is old, unless somebody runs it", async () => {
    const objects = memoryReleases();
    for (const at of [1, 2, 3, 4]) await saveRelease(release(String(at), at), objects);
    const gone = await dropOldReleases({ keep: 2, spare: new Set(["1"]) }, objects);
    expect(gone).toEqual(["2"]);
    expect(await listReleases(objects)).toEqual(["4", "3", "1"]);
    expect(await objects.list("assembly/2/")).toEqual([]);
  });
});

describe("the name of a release", () => {
  it.each(["v1/hotfix", "feature/x", "1.0+5", "a b", "..", "-1", "", "x".repeat(65)])(
    "is not %j, which no registry takes",
    async (version) => {
      const objects = memoryReleases();
      await expect(saveRelease(release(version, 1), objects)).rejects.toThrow("version");
      expect(await objects.list("")).toEqual([]);
    },
  );

  it("that another one begins with takes nothing of that with it", async () => {
    const objects = memoryReleases();
    for (const [at, version] of ["v1", "v1x", "v1.hotfix"].entries()) {
      await saveImage(version, smallImage(version), objects);
      await saveRelease(release(version, at), objects);
    }
    expect(await dropOldReleases({ keep: 2, spare: new Set() }, objects)).toEqual(["v1"]);
    for (const version of ["v1x", "v1.hotfix"]) {
      expect(await fetchRelease(version, objects)).toEqual(FILES);
      expect(await findImage(version, objects)).toBeDefined();
    }
  });
});

describe("the image of a release", () => {
  it("comes back part by part, and none of it that is not what was stored", async () => {
    const objects = memoryReleases();
    const image = smallImage("one");
    await saveImage("1", image, objects);
    const found = await findImage("1", objects);
    expect(found).toMatchObject({ digest: image.digest, platforms: image.platforms });
    expect(await readPart("1", image.digest, objects)).toEqual(image.index);
    for (const { digest, read } of image.blobs) {
      expect(await readPart("1", digest, objects)).toEqual(await read());
    }
    expect(await findImage("2", objects)).toBeUndefined();
    const [layer] = await objects.list(`image/1/${image.blobs[0]?.digest.replace(":", "-")}`);
    objects.kept.set(layer ?? "", Uint8Array.of(1));
    await expect(readPart("1", image.blobs[0]?.digest ?? "", objects)).rejects.toMatchObject({
      code: "EXOS-E8102",
      message: expect.stringContaining("of the image of 1 is not what was stored"),
    });
  });

  it("that was cut off anywhere is none, and stored again is whole", async () => {
    const image = smallImage("one");
    for (let call = 1; call <= image.blobs.length + 3; call++) {
      const objects = memoryReleases();
      const cut = crashAt({ objects }, { call, when: "before" }).objects;
      await expect(saveImage("1", image, cut)).rejects.toThrow(CrashError);
      expect(await findImage("1", objects)).toBeUndefined();
      await saveImage("1", image, objects);
      expect((await findImage("1", objects))?.digest).toBe(image.digest);
    }
  });

  it("goes with its release, but for an archive that another one has too", async () => {
    const objects = memoryReleases();
    const same = smallImage("same");
    const rows = [smallImage("old"), same, same] as const;
    for (const [at, image] of rows.entries()) {
      await saveImage(`${at}`, image, objects);
      await saveRelease(release(`${at}`, at), objects);
    }
    expect(await dropOldReleases({ keep: 1, spare: new Set() }, objects)).toEqual(["1", "0"]);
    expect(await objects.list("image/0/")).toEqual([]);
    expect(await objects.list("image/1/")).toEqual([]);
    const sha256 = same.archive?.sha256 ?? "";
    expect(await objects.list("release/")).toEqual([archiveKey({ sha256 })]);
    expect((await findImage("2", objects))?.digest).toBe(same.digest);
  });
});
