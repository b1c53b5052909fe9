import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDiskAddressBook } from "#shared/adapters/embedded/disk-address-book.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { MemoryAddressBook } from "#shared/adapters/embedded/memory-address-book.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { address, addressBookContract } from "./address-book.contract.ts";

function setup(seed = "a book") {
  const clock = createManualClock(unixSeconds(1_700_000_000));
  return { clock, entropy: createSeededEntropy(seed), routableOnly: true };
}

describe("memory address book", () => {
  addressBookContract(async () => {
    const given = setup();
    return { book: new MemoryAddressBook(given), clock: given.clock, reopen: undefined };
  });

  it("takes in any address on a development network", () => {
    const book = new MemoryAddressBook({ ...setup(), routableOnly: false });
    expect(book.add([address("127.0.0.1", 1_700_000_000)], new Uint8Array(16))).toBe(1);
  });
});

describe("disk address book", () => {
  const folder = () => join(temporaryFolder(), "peers.json");

  addressBookContract(async () => {
    const path = folder();
    const given = setup();
    const open = async () => (await openDiskAddressBook(path, given)).book;
    return { book: await open(), clock: given.clock, reopen: open };
  });

  it("leaves no half-written file behind", async () => {
    const path = folder();
    const given = setup();
    const { book } = await openDiskAddressBook(path, given);
    book.answered(address("20.1.2.3", 0));
    await book.save();
    expect(existsSync(`${path}.new`)).toBe(false);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      version: 1,
      secret: expect.any(String),
    });
    writeFileSync(`${path}.new`, '{"version":1,"sec');
    const { book: again, damaged } = await openDiskAddressBook(path, given);
    expect([again.sizes().tried, damaged]).toEqual([1, false]);
  });

  it.each([
    ["no JSON", '{"version":1'],
    ["another form", '{"version":2,"secret":"","rows":[]}'],
    ["no object", "[]"],
    ["null", "null"],
    ["a short secret", '{"version":1,"secret":"00","rows":[]}'],
    ["a row of nothing", `{"version":1,"secret":"${"00".repeat(32)}","rows":[null]}`],
    [
      "a row of a wrong address",
      `{"version":1,"secret":"${"00".repeat(32)}","rows":[["x",1,"1",0,"1.1.1.1",0,0,0,0]]}`,
    ],
    [
      "a row of wrong times",
      `{"version":1,"secret":"${"00".repeat(32)}","rows":[["1.1.1.1",1,"1",-1,"1.1.1.1",0,0,0,0]]}`,
    ],
    [
      "a row of wrong services",
      `{"version":1,"secret":"${"00".repeat(32)}","rows":[["1.1.1.1",1,"z",0,"1.1.1.1",0,0,0,0]]}`,
    ],
  ])("begins anew where the file holds %s, and says so", async (_, text) => {
    const path = folder();
    writeFileSync(path, text);
    const { book, damaged } = await openDiskAddressBook(path, setup());
    expect([book.sizes(), damaged]).toEqual([{ told: 0, tried: 0 }, true]);
  });
});
