import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFilePool } from "#shared/adapters/embedded/file-pool.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { NO_POOL } from "#shared/ports/pool.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { flaky } from "../support/flaky.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { poolContract, pooled } from "./pool.contract.ts";

const genesis = new Uint8Array(32).fill(7);

function fileIn(folder: string, change: { genesis?: Uint8Array } = {}) {
  const log = createMemoryLog();
  return { log, options: { path: join(folder, "mempool.dat"), genesis, log, ...change } };
}

/** A file with two transactions. */
async function writtenFile(): Promise<string> {
  const folder = temporaryFolder();
  const pool = await openFilePool(fileIn(folder).options);
  for (const number of [1, 2]) {
    const outpoint = { txid: hash256(Uint8Array.of(number)), index: 0 };
    const transaction = pooled(number, [outpoint]);
    await pool.claim({ outpoint, txid: transaction.txid, at: unixSeconds(1) });
    await pool.put(transaction);
  }
  await pool.save();
  return folder;
}

describe("memory pool", () => {
  poolContract(async () => createMemoryPool());

  it("tells whoever replaced the summary that it did", async () => {
    const pool = createMemoryPool();
    const next = { ...NO_POOL, feeRate: 1n };
    expect(await pool.setSummary(0, next)).toBe(true);
    expect(await pool.setSummary(1, next)).toBe(true);
  });
});

describe.each([1, 2, 3])("memory pool on bad day %i", (seed) =>
  poolContract(async () => flaky(createMemoryPool(), seed)),
);

describe("file pool", () => {
  poolContract(() => openFilePool(fileIn(temporaryFolder()).options));

  it("has after a restart what was saved, to be judged again", async () => {
    const folder = await writtenFile();
    const { log, options } = fileIn(folder);
    const pool = await openFilePool(options);
    expect(pool.saved).toEqual(
      [1, 2].map((number) => {
        const { raw, time, unbroadcast } = pooled(number, []);
        return { raw, time, unbroadcast };
      }),
    );
    expect(await pool.all()).toEqual([]);
    expect(log.records).toEqual([]);
    expect(readdirSync(folder)).toEqual(["mempool.dat"]);
  });

  it.each([
    ["a changed byte", (bytes: Uint8Array) => bytes.with(60, bytes[60] === 0 ? 1 : 0)],
    ["its end missing", (bytes: Uint8Array) => bytes.slice(0, -1)],
    ["nothing in it", () => new Uint8Array(0)],
    ["another beginning", (bytes: Uint8Array) => sealed(bytes.with(0, 0x58))],
    ["a later version", (bytes: Uint8Array) => sealed(bytes.with(8, 2))],
    ["more transactions than bytes", (bytes: Uint8Array) => sealed(bytes.with(44, 9))],
  ])("drops a file with %s, and says so", async (_, change) => {
    const folder = await writtenFile();
    const path = join(folder, "mempool.dat");
    writeFileSync(path, change(new Uint8Array(readFileSync(path))));
    const { log, options } = fileIn(folder);
    const pool = await openFilePool(options);
    expect(pool.saved).toEqual([]);
    expect(log.records.map(({ code }) => code)).toEqual(["EXOS-E1014"]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("drops the file of another network", async () => {
    const folder = await writtenFile();
    const { log, options } = fileIn(folder, { genesis: new Uint8Array(32) });
    expect((await openFilePool(options)).saved).toEqual([]);
    expect(log.records.map(({ code }) => code)).toEqual(["EXOS-E1014"]);
  });

  it("says which store failed when the file cannot be read or written", async () => {
    const folder = temporaryFolder();
    const { options } = fileIn(folder);
    await expect(openFilePool({ ...options, path: folder })).rejects.toMatchObject({
      name: "StoreFault",
    });
    const pool = await openFilePool({ ...options, path: join(folder, "absent", "mempool.dat") });
    await expect(pool.save()).rejects.toMatchObject({ name: "StoreFault" });
  });
});

/** The same bytes with a checksum that is theirs. */
function sealed(bytes: Uint8Array): Uint8Array {
  const body = bytes.slice(0, -32);
  return Uint8Array.of(...body, ...hash256(body));
}
