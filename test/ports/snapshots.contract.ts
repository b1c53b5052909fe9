import { expect, it } from "vitest";
import type { Snapshots } from "#shared/ports/snapshots.ts";

async function* inPieces(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield new TextEncoder().encode(piece);
}

async function read(snapshots: Snapshots, name: string, file: string) {
  const pieces = await snapshots.read(name, file);
  if (pieces === undefined) return undefined;
  let text = "";
  for await (const piece of pieces) text += new TextDecoder().decode(piece);
  return text;
}

/** What every keeper of snapshots promises. @param create an empty one each time */
export function snapshotsContract(create: () => Promise<Snapshots>): void {
  it("names those that have a manifest, the highest first", async () => {
    const snapshots = await create();
    expect(await snapshots.names()).toEqual([]);
    for (const name of ["999-aaaaaaaa", "11999-bbbbbbbb", "2999-cccccccc"]) {
      await snapshots.write(name, "coins-0.bin.zst", inPieces("coins"));
      expect(await snapshots.names()).not.toContain(name);
      await snapshots.write(name, "manifest.json", inPieces("{}"));
    }
    expect(await snapshots.names()).toEqual(["11999-bbbbbbbb", "2999-cccccccc", "999-aaaaaaaa"]);
  });

  it("gives files back whole, the last written of a name", async () => {
    const snapshots = await create();
    const [name, file] = ["999-aaaaaaaa", "coins-0.bin.zst"];
    expect(await read(snapshots, name, file)).toBeUndefined();
    await snapshots.write(name, file, inPieces("one", " and ", "two"));
    expect(await read(snapshots, name, file)).toBe("one and two");
    await snapshots.write(name, file, inPieces("three"));
    expect(await read(snapshots, name, file)).toBe("three");
    expect(await read(snapshots, name, "coins-1.bin.zst")).toBeUndefined();
  });

  it("removes one with all its files, and no other", async () => {
    const snapshots = await create();
    for (const name of ["999-aaaaaaaa", "9990-aaaaaaaa"]) {
      for (const file of ["coins-0.bin.zst", "headers.bin.zst", "manifest.json"]) {
        await snapshots.write(name, file, inPieces(file));
      }
    }
    await snapshots.remove("999-aaaaaaaa");
    await snapshots.remove("999-aaaaaaaa");
    expect(await snapshots.names()).toEqual(["9990-aaaaaaaa"]);
    expect(await read(snapshots, "999-aaaaaaaa", "coins-0.bin.zst")).toBeUndefined();
    expect(await read(snapshots, "9990-aaaaaaaa", "coins-0.bin.zst")).toBe("coins-0.bin.zst");
  });
}
