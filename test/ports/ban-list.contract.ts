import { expect, it } from "vitest";
import type { ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import type { BanList } from "#shared/ports/ban-list.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

/** An empty list on a clock of the test. */
export interface BanRig {
  readonly bans: BanList;
  readonly clock: ManualClock;
  /** The same list after a restart; `undefined` where nothing is kept. */
  readonly reopen: (() => Promise<BanList>) | undefined;
}

const at = (host: string, port = 4_562) => ({ host, port });

/** What every list of bans promises. */
export function banListContract(create: () => Promise<BanRig>): void {
  it("bans an address at every port, until the second that was named", async () => {
    const { bans, clock } = await create();
    const ban = bans.ban("20.1.2.3", unixSeconds(clock.now() + 100), "bad-cs-amount");
    expect(ban).toMatchObject({ subject: "20.1.2.3/32", reason: "bad-cs-amount" });
    expect(bans.find(at("20.1.2.3", 9))).toEqual(ban);
    expect(bans.find(at("20.1.2.4"))).toBeUndefined();
    expect(bans.find(at("seed.example.org"))).toBeUndefined();
    clock.advance(99_999);
    expect(bans.list()).toEqual([ban]);
    clock.advance(1);
    expect(bans.find(at("20.1.2.3"))).toBeUndefined();
    expect(bans.list()).toEqual([]);
  });

  it.each([
    ["10.1.2.3/16", "10.1.0.0/16", "10.1.255.1", "10.2.0.1"],
    ["2a00::1", "2a00::1/128", "2a00::1", "2a00::2"],
    ["2A00:1::9/32", "2a00:1::/32", "2a00:1:ffff::1", "2a00:2::1"],
    ["0.0.0.0/0", "0.0.0.0/0", "1.2.3.4", "2a00::1"],
  ])("bans the network %s as %s", async (text, subject, inside, outside) => {
    const { bans, clock } = await create();
    expect(bans.ban(text, unixSeconds(clock.now() + 1), "")?.subject).toBe(subject);
    expect(bans.find(at(inside))?.subject).toBe(subject);
    expect(bans.find(at(outside))).toBeUndefined();
  });

  it("bans one node of this machine by its address and port", async () => {
    const { bans, clock } = await create();
    const until = unixSeconds(clock.now() + 100);
    expect(bans.ban("127.0.0.1:9001", until, "")?.subject).toBe("127.0.0.1:9001");
    expect(bans.ban("[::1]:9001", until, "")?.subject).toBe("[::1]:9001");
    expect(bans.find(at("127.0.0.1", 9_001))?.subject).toBe("127.0.0.1:9001");
    expect(bans.find(at("127.0.0.1", 9_002))).toBeUndefined();
    expect(bans.find(at("::1", 9_001))?.subject).toBe("[::1]:9001");
  });

  it.each(["", "name", "1.2.3.4:9", "name:9", "127.0.0.1:0", "1.2.3.4/33", "127.0.0.1:99999"])(
    "cannot ban %j",
    async (text) => {
      const { bans, clock } = await create();
      expect(bans.ban(text, unixSeconds(clock.now() + 100), "")).toBeUndefined();
      expect(bans.list()).toEqual([]);
    },
  );

  it("keeps the longer of two bans, and lifts one or all", async () => {
    const { bans, clock } = await create();
    const until = unixSeconds(clock.now() + 100);
    bans.ban("20.1.2.3", until, "first");
    expect(bans.ban("20.1.2.3/32", until, "second")).toBeUndefined();
    expect(bans.ban("20.1.2.3", unixSeconds(until + 1), "third")?.reason).toBe("third");
    bans.ban("20.1.2.4", until, "");
    expect(bans.lift("20.1.2.3")).toBe(true);
    expect(bans.lift("20.1.2.3")).toBe(false);
    expect(bans.list().map(({ subject }) => subject)).toEqual(["20.1.2.4/32"]);
    bans.clear();
    expect(bans.list()).toEqual([]);
  });

  it("lets those go first whose ban ends first when there are too many", async () => {
    const { bans, clock } = await create();
    for (let n = 0; n < 10_001; n++) {
      const host = `20.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
      bans.ban(host, unixSeconds(clock.now() + 100_000 - n), "");
    }
    expect(bans.list()).toHaveLength(10_000);
    expect(bans.find(at("20.0.39.16"))).toBeUndefined();
    expect(bans.find(at("20.0.39.15"))).toBeDefined();
  });

  it("bans the same after a restart", async () => {
    const { bans, clock, reopen } = await create();
    bans.ban("20.1.2.3", unixSeconds(clock.now() + 100), "bad");
    bans.ban("127.0.0.1:9001", unixSeconds(clock.now() + 100), "worse");
    const before = bans.list();
    await Promise.all([bans.save(), bans.save()]);
    if (reopen !== undefined) expect((await reopen()).list()).toEqual(before);
  });
}
