import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDataFolder, STORE_FORMAT } from "#shared/adapters/embedded/data-folder.ts";
import { openLevelBlockStore } from "#shared/adapters/embedded/level-block-store.ts";
import { storeFaultOf } from "#shared/adapters/embedded/store-fault-of.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const genesis = "ab".repeat(32) as HashHex;
const options = (root: string) => ({ root, network: "stratis", genesis });
const isRoot = process.getuid?.() === 0;

/** A process of its own that takes the folder and says so. */
async function holderOf(root: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "../../support/hold-data-folder.ts"), root],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout ?? child, "data");
  return child;
}

async function formatOf(root: string, text: string): Promise<unknown> {
  mkdirSync(join(root, "stratis"), { recursive: true });
  writeFileSync(join(root, "stratis", "format.json"), text);
  return openDataFolder(options(root)).catch((cause: unknown) => cause);
}

describe("the data folder", () => {
  it("is one folder per network below the root, with its format written down", async () => {
    const root = join(temporaryFolder(), "deep", "root");
    await using folder = await openDataFolder(options(root));
    expect(folder.path).toBe(join(root, "stratis"));
    const format: unknown = JSON.parse(readFileSync(join(folder.path, "format.json"), "utf8"));
    expect(format).toEqual({ format: STORE_FORMAT, network: "stratis", genesis });
  });

  it("is held by one at a time, and free again afterwards", async () => {
    const root = temporaryFolder();
    {
      await using folder = await openDataFolder(options(root));
      await expect(openDataFolder(options(root))).rejects.toMatchObject({
        code: "EXOS-E1001",
        retryable: false,
        message: expect.stringContaining(folder.path),
      });
      await using other = await openDataFolder({ ...options(root), network: "exos" });
      expect(other.path).toBe(join(root, "exos"));
    }
    await using folder = await openDataFolder(options(root));
    expect(folder.path).toBe(join(root, "stratis"));
  });

  it("names the process that holds it, and is free when that one was killed", async () => {
    const root = temporaryFolder();
    const holder = await holderOf(root);
    await expect(openDataFolder(options(root))).rejects.toMatchObject({
      code: "EXOS-E1001",
      message: expect.stringContaining(`process ${holder.pid}`),
    });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    await using folder = await openDataFolder(options(root));
    expect(folder.path).toBe(join(root, "stratis"));
  });

  const good = { format: STORE_FORMAT, network: "stratis", genesis };
  it.each([
    ["of a newer version", { ...good, format: STORE_FORMAT + 1 }, "EXOS-E1005"],
    ["of a network with another genesis", { ...good, genesis: "cd".repeat(32) }, "EXOS-E1007"],
    ["of another network", { ...good, network: "exos" }, "EXOS-E1007"],
    ["without a version", { network: "stratis", genesis }, "EXOS-E1004"],
    ["with a version below one", { ...good, format: 0 }, "EXOS-E1004"],
    ["that is no object", 1, "EXOS-E1004"],
  ])("refuses a folder %s", async (_, format, code) => {
    const root = temporaryFolder();
    expect(await formatOf(root, JSON.stringify(format))).toMatchObject({ code });
    // A refusal lets go of the folder.
    expect(await formatOf(root, "{")).toMatchObject({ code: "EXOS-E1004" });
  });

  it("takes a folder of the first format, which no older version opens from then on", async () => {
    const root = temporaryFolder();
    {
      await using folder = await openDataFolder(options(root));
      writeFileSync(join(folder.path, "format.json"), JSON.stringify({ ...good, format: 1 }));
    }
    await using folder = await openDataFolder(options(root));
    const format: unknown = JSON.parse(readFileSync(join(folder.path, "format.json"), "utf8"));
    expect(format).toEqual(good);
  });

  it("remembers from which height on bodies are kept, and says so when that is damaged", async () => {
    await using folder = await openDataFolder(options(temporaryFolder()));
    expect(folder.lowestBody.get()).toBe(1);
    folder.lowestBody.set(700);
    expect(folder.lowestBody.get()).toBe(700);
    writeFileSync(join(folder.path, "lowest-body"), "seven");
    expect(() => folder.lowestBody.get()).toThrow(StoreFault);
  });

  it("explains a folder with stores but no format", async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "stratis", "coins"), { recursive: true });
    await expect(openDataFolder(options(root))).rejects.toMatchObject({ code: "EXOS-E1006" });
  });

  it("refuses a path that is a file", async () => {
    const root = join(temporaryFolder(), "file");
    writeFileSync(root, "");
    const fault = { code: "EXOS-E1008", message: expect.stringContaining(root) };
    await expect(openDataFolder(options(root))).rejects.toMatchObject(fault);
    await expect(openDataFolder(options(join(root, "below")))).rejects.toMatchObject(fault);
    const network = temporaryFolder();
    writeFileSync(join(network, "stratis"), "");
    await expect(openDataFolder(options(network))).rejects.toMatchObject({ code: "EXOS-E1008" });
  });

  it.skipIf(isRoot)("says that it may not write", async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "stratis"));
    chmodSync(join(root, "stratis"), 0o500);
    await expect(openDataFolder(options(root))).rejects.toMatchObject({ code: "EXOS-E1002" });
    chmodSync(root, 0o500);
    await expect(openDataFolder({ ...options(root), network: "exos" })).rejects.toMatchObject({
      code: "EXOS-E1002",
    });
    chmodSync(root, 0o700);
  });
});

describe("a failure below an adapter", () => {
  const coded = (code: string, message = "x") => Object.assign(new Error(message), { code });
  it.each([
    ["LevelDB held elsewhere", coded("LEVEL_LOCKED"), "EXOS-E1001"],
    ["SQLite held elsewhere", new Error("database is locked"), "EXOS-E1001"],
    ["no room", coded("ENOSPC"), "EXOS-E1003"],
    [
      "no room in LevelDB",
      new Error("IO error: 000005.log: No space left on device"),
      "EXOS-E1003",
    ],
    ["no room in SQLite", new Error("database or disk is full"), "EXOS-E1003"],
    ["no right", coded("EACCES"), "EXOS-E1002"],
    ["a read-only disk", coded("EROFS"), "EXOS-E1002"],
    ["a read-only SQLite", new Error("attempt to write a readonly database"), "EXOS-E1002"],
    ["no right in SQLite", new Error("unable to open database file"), "EXOS-E1002"],
    ["damage in LevelDB", coded("LEVEL_CORRUPTION"), "EXOS-E1004"],
    ["a lost table", new Error("IO error: 000005.ldb: No such file or directory"), "EXOS-E1004"],
    ["damage in SQLite", new Error("database disk image is malformed"), "EXOS-E1004"],
    ["a path through a file", coded("ENOTDIR"), "EXOS-E1008"],
    ["anything else", "odd", "EXOS-E1000"],
  ])("has a code of its own: %s", (_, cause, code) => {
    const fault = storeFaultOf(cause, "/data/stratis", "opening");
    expect(fault.code).toBe(code);
    expect(fault.message).toContain("/data/stratis");
    expect(fault.cause).toBe(cause);
    expect(storeFaultOf(fault, "/elsewhere", "again")).toBe(fault);
  });

  it("is recognised in the cause of a cause", () => {
    const cause = new Error("Database failed to open", { cause: coded("LEVEL_LOCKED") });
    expect(storeFaultOf(cause, "/d", "opening").code).toBe("EXOS-E1001");
  });

  it("can be tried again only where that can help", () => {
    expect(storeFaultOf(coded("ENOSPC"), "/d", "x").retryable).toBe(true);
    expect(storeFaultOf(coded("LEVEL_CORRUPTION"), "/d", "x").retryable).toBe(false);
  });
});

describe("a damaged LevelDB folder", () => {
  it("is refused with the command that repairs it", async () => {
    const folder = temporaryFolder();
    await openLevelBlockStore(folder).then((blocks) => blocks[Symbol.asyncDispose]());
    writeFileSync(join(folder, "CURRENT"), "nonsense");
    await expect(openLevelBlockStore(folder)).rejects.toMatchObject({
      code: "EXOS-E1004",
      message: expect.stringContaining("exos repair"),
    });
  });

  it("is told apart from one that is held", async () => {
    const folder = temporaryFolder();
    await using held = await openLevelBlockStore(folder);
    await expect(openLevelBlockStore(folder)).rejects.toMatchObject({ code: "EXOS-E1001" });
    await held.flush();
  });
});
