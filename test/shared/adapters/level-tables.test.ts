import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LevelTables, type ValueCodec } from "#shared/adapters/embedded/level-tables.ts";
import { disposedOf, temporaryFolder } from "../../support/temporary-folder.ts";

const bytes: ValueCodec<number> = {
  encode: (value) => Uint8Array.of(value),
  decode: ([value]) => value ?? 0,
  sizeOf: () => 1,
};

describe("tables in LevelDB", () => {
  it("shows every set at once, before, during and after its write", async () => {
    const tables = disposedOf(await LevelTables.open(temporaryFolder()));
    const table = tables.table("01", bytes);
    table.set("aa", 1);
    expect(table.get("aa")).toBe(1);
    const flush = tables.flush();
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    expect(table.get("aa")).toBe(1);
    table.set("aa", 2);
    await flush;
    expect(table.get("aa")).toBe(2);
    table.delete("aa");
    expect(table.get("aa")).toBeUndefined();
    await tables.flush();
    expect(table.get("aa")).toBeUndefined();
  });

  it("keeps tables apart, and lists and scans the written keys of one", async () => {
    const tables = disposedOf(await LevelTables.open(temporaryFolder()));
    const [one, two] = [tables.table("01", bytes), tables.table("02", bytes)];
    one.set("aa", 1);
    two.set("aa", 2);
    two.set("bb", 3);
    await tables.flush();
    expect(one.get("aa")).toBe(1);
    expect(await tables.keys("02")).toEqual(["aa", "bb"]);
    expect(await tables.keys("03")).toEqual([]);
    const scanned: unknown[] = [];
    for await (const entry of tables.scan("02")) scanned.push(entry);
    expect(scanned).toEqual([
      { key: "aa", bytes: Uint8Array.of(2) },
      { key: "bb", bytes: Uint8Array.of(3) },
    ]);
  });

  it("writes nothing when all is synced already", async () => {
    const folder = temporaryFolder();
    const tables = disposedOf(await LevelTables.open(folder));
    const table = tables.table("01", bytes);
    const written = () => {
      const logs = readdirSync(folder).filter((name) => /^\d+\.log$/.test(name));
      return logs.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    };
    table.set("aa", 1);
    await tables.flush();
    const before = written();
    expect(before).toBeGreaterThan(0);
    await tables.flush();
    expect(written()).toBe(before);
    table.set("aa", 2);
    await tables.flush();
    expect(written()).toBeGreaterThan(before);
  });

  it("loses nothing when a write fails, and lets what was set since then win", async () => {
    const folder = temporaryFolder();
    {
      await using tables = await LevelTables.open(folder);
      let failing = true;
      const table = tables.table<number>("01", {
        ...bytes,
        encode(value) {
          if (!failing) return Uint8Array.of(value);
          failing = false;
          table.set("aa", 2);
          throw new RangeError("no room");
        },
      });
      table.set("aa", 1);
      table.set("bb", 1);
      await expect(tables.flush()).rejects.toMatchObject({ name: "StoreFault" });
      expect([table.get("aa"), table.get("bb")]).toEqual([2, 1]);
      await tables.flush();
    }
    const tables = disposedOf(await LevelTables.open(folder));
    const table = tables.table("01", bytes);
    expect([table.get("aa"), table.get("bb")]).toEqual([2, 1]);
  });

  it("calls bytes damaged that the codec cannot read", async () => {
    const tables = disposedOf(await LevelTables.open(temporaryFolder()));
    tables.table("01", bytes).set("aa", 1);
    await tables.flush();
    const strict = tables.table("01", {
      ...bytes,
      decode: () => {
        throw new RangeError("odd");
      },
    });
    expect(() => strict.get("aa")).toThrow(/exos repair/);
  });
});
