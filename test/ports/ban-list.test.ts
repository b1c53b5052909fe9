import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDiskBanList, openSavedBanList } from "#shared/adapters/embedded/disk-ban-list.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { MemoryBanList } from "#shared/adapters/embedded/memory-ban-list.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { banListContract } from "./ban-list.contract.ts";

const clockOfTest = () => createManualClock(unixSeconds(1_700_000_000));

describe("memory ban list", () =>
  banListContract(async () => {
    const clock = clockOfTest();
    return { bans: new MemoryBanList(clock), clock, reopen: undefined };
  }));

it("a ban list is written where it is another, and no more where nobody was banned", async () => {
  const clock = clockOfTest();
  const written: unknown[] = [];
  let isFull = true;
  const { bans } = await openSavedBanList(
    {
      read: async () => undefined,
      async write(value) {
        if (isFull) throw new StoreFault("full", { retryable: true });
        written.push(value);
      },
    },
    clock,
  );
  await bans.save();
  bans.ban("20.1.2.3", unixSeconds(clock.now() + 100), "bad");
  await expect(bans.save()).rejects.toThrow("full");
  isFull = false;
  await bans.save();
  await bans.save();
  expect(written).toHaveLength(1);
  clock.advance(100_000);
  await bans.save();
  expect(written).toMatchObject([[{ subject: "20.1.2.3/32" }], []]);
});

describe("disk ban list", () => {
  const file = () => join(temporaryFolder(), "bans.json");

  banListContract(async () => {
    const path = file();
    const clock = clockOfTest();
    const open = async () => (await openDiskBanList(path, clock)).bans;
    return { bans: await open(), clock, reopen: open };
  });

  it.each([
    ["no JSON", "[{", 0],
    ["no list", "{}", 0],
    [
      "an entry that is none",
      '[null,{"subject":"20.1.2.3/32","created":1,"until":4000000000,"reason":"x"}]',
      1,
    ],
    ["a subject that is none", '[{"subject":"x","created":1,"until":4000000000,"reason":"x"}]', 0],
    ["a time that is none", '[{"subject":"20.1.2.3/32","created":1,"until":-1,"reason":"x"}]', 0],
  ])("keeps what it can where the file holds %s, and says so", async (_, text, kept) => {
    const path = file();
    writeFileSync(path, text);
    const { bans, damaged } = await openDiskBanList(path, clockOfTest());
    expect([bans.list().length, damaged]).toEqual([kept, true]);
  });
});
