import { expect, it } from "vitest";
import type { ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import type { KnownAddress } from "#shared/codec/messages/network-address.ts";
import { formatIp, parseIp } from "#shared/p2p/ip-address.ts";
import type { AddressBook } from "#shared/ports/address-book.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

/** A book of routable addresses, on a clock of the test. */
export interface BookRig {
  readonly book: AddressBook;
  readonly clock: ManualClock;
  /** The same book after a restart; `undefined` where nothing is kept. */
  readonly reopen: (() => Promise<AddressBook>) | undefined;
}

export function address(host: string, time: number, port = 4_562): KnownAddress {
  const ip = parseIp(host);
  if (ip === undefined) throw new RangeError(host);
  return { ip, port, services: 1n, time: unixSeconds(time) };
}

const hostOf = (found: KnownAddress | undefined) => found && formatIp(found.ip);
const source = address("9.9.9.9", 0).ip;
const DAY = 86_400;

/** Addresses of as many networks, none equal to another. */
export const manyHosts = (count: number, first = 20) =>
  Array.from(
    { length: count },
    (_, at) => `${first + (at >> 16)}.${(at >> 8) & 255}.${at & 255}.1`,
  );

/** What every address book promises. */
export function addressBookContract(create: () => Promise<BookRig>): void {
  it("knows nobody at first, and then whom it was told of, once", async () => {
    const { book, clock } = await create();
    expect(book.pick(false)).toBeUndefined();
    expect(book.sample(1_000)).toEqual([]);
    const told = [address("20.1.2.3", clock.now()), address("20.1.2.3", clock.now(), 9)];
    expect(book.add([...told, ...told], source)).toBe(2);
    expect(book.sizes()).toEqual({ told: 2, tried: 0 });
    expect(hostOf(book.pick(true))).toBe("20.1.2.3");
  });

  it.each(["10.0.0.1", "127.0.0.1", "::1", "0.0.0.0", "fc00::1"])(
    "does not take in %s, which is nowhere on the Internet",
    async (host) => {
      const { book, clock } = await create();
      expect(book.add([address(host, clock.now())], source)).toBe(0);
    },
  );

  it("does not take in a port that is none, nor what nobody has seen for thirty days", async () => {
    const { book, clock } = await create();
    const now = clock.now();
    expect(book.add([address("20.1.2.3", now, 0)], source)).toBe(0);
    expect(book.add([address("20.1.2.3", now - 30 * DAY)], source)).toBe(0);
    expect(book.add([address("20.1.2.3", now - 29 * DAY)], source)).toBe(1);
  });

  it("believes neither times before the chain nor times to come", async () => {
    const { book, clock } = await create();
    const now = clock.now();
    book.add([address("20.1.2.3", 0), address("20.1.2.4", now + DAY)], source);
    const times = [...Array(50)].flatMap(() => book.pick(true)?.time ?? 0);
    expect(new Set(times.map((time) => now - time))).toEqual(new Set([5 * DAY + 7_200]));
  });

  it("tells those that answered from those it was told of", async () => {
    const { book, clock } = await create();
    const one = address("20.1.2.3", clock.now());
    book.add([one, address("21.1.2.3", clock.now())], source);
    book.answered(one);
    expect(book.sizes()).toEqual({ told: 1, tried: 1 });
    expect(new Set([...Array(50)].map(() => hostOf(book.pick(true))))).toEqual(
      new Set(["21.1.2.3"]),
    );
    clock.advance(601_000);
    const picked = [...Array(100)].map(() => hostOf(book.pick(false)));
    expect(new Set(picked)).toEqual(new Set(["20.1.2.3", "21.1.2.3"]));
  });

  it("knows one that answered without anybody having told of it", async () => {
    const { book } = await create();
    book.answered(address("20.1.2.3", 0));
    expect(book.sizes()).toEqual({ told: 0, tried: 1 });
  });

  it("forgets an address that three times did not answer, a minute after the last", async () => {
    const { book, clock } = await create();
    const one = address("20.1.2.3", clock.now());
    book.add([one], source);
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(hostOf(book.pick(false)), `attempt ${attempt}`).toBe("20.1.2.3");
      book.attempted(one);
      clock.advance(61_000);
    }
    expect(book.pick(false)).toBeUndefined();
    expect(book.sizes()).toEqual({ told: 0, tried: 0 });
  });

  it("forgets one that answered once only after ten attempts over seven days", async () => {
    const { book, clock } = await create();
    const one = address("20.1.2.3", clock.now());
    book.answered(one);
    for (let attempt = 0; attempt < 10; attempt++) book.attempted(one);
    clock.advance(61_000);
    expect(hostOf(book.pick(false))).toBe("20.1.2.3");
    clock.advance(7 * DAY * 1_000);
    expect(book.pick(false)).toBeUndefined();
  });

  it("keeps its addresses when the clock goes back by hours", async () => {
    const { book, clock } = await create();
    book.answered(address("20.1.2.3", clock.now()));
    clock.set(unixSeconds(clock.now() - 6 * 3_600));
    expect(hostOf(book.pick(false))).toBe("20.1.2.3");
    expect(book.sample(1_000)).toHaveLength(1);
  });

  it("gives one network of sources a sixteenth of its places at most, whatever it tells", async () => {
    const { book, clock } = await create();
    const flood = manyHosts(5_000).map((host) => address(host, clock.now()));
    book.add(flood, source);
    expect(book.sizes().told).toBeLessThanOrEqual(16 * 64);
    expect(book.sizes().told).toBeGreaterThan(500);
    const before = book.sizes().told;
    const others = manyHosts(100).map((host) => address(host, 0).ip);
    for (const [at, from] of others.entries()) {
      book.add([address(`50.${at}.1.1`, clock.now())], from);
    }
    expect(book.sizes().told).toBeGreaterThan(before + 80);
  });

  it("never knows more than its tables hold", async () => {
    const { book, clock } = await create();
    for (const host of manyHosts(6_000)) book.answered(address(host, clock.now()));
    const { told, tried } = book.sizes();
    expect(tried).toBeLessThanOrEqual(4_096);
    expect(tried).toBeGreaterThan(1_500);
    expect(told).toBeLessThanOrEqual(16_384);
  });

  it("tells others of 23 in a hundred, never of more than asked, each once", async () => {
    const { book, clock } = await create();
    for (const host of manyHosts(100)) book.answered(address(host, clock.now()));
    const { told, tried } = book.sizes();
    const sample = book.sample(1_000);
    expect(sample).toHaveLength(Math.ceil(((told + tried) * 23) / 100));
    expect(new Set(sample.map(hostOf)).size).toBe(sample.length);
    expect(book.sample(5)).toHaveLength(5);
  });

  it("asks the one in a contested place before a newcomer takes it", async () => {
    const { book, clock } = await create();
    for (const host of manyHosts(3_000)) book.answered(address(host, clock.now()));
    const { tried } = book.sizes();
    clock.advance(5 * 3_600_000);
    const old = book.contested();
    if (old === undefined) throw new RangeError("no place is contested");
    book.answered(old);
    expect(hostOf(book.contested())).not.toBe(hostOf(old));
    const silent = book.contested();
    if (silent === undefined) throw new RangeError("no place is contested any more");
    clock.advance(2_000);
    book.attempted(silent);
    clock.advance(61_000);
    expect(hostOf(book.contested())).not.toBe(hostOf(silent));
    expect(book.sizes().tried).toBe(tried);
  });

  it("is the same book after a restart, or an empty one", async () => {
    const { book, clock, reopen } = await create();
    const hosts = manyHosts(300);
    for (const host of hosts.slice(0, 100)) book.answered(address(host, clock.now()));
    book.add(
      hosts.slice(100).map((host) => address(host, clock.now())),
      source,
    );
    const sizes = book.sizes();
    await Promise.all([book.save(), book.save()]);
    if (reopen === undefined) return;
    const again = await reopen();
    expect(again.sizes()).toEqual(sizes);
    again.answered(address(hosts[0] ?? "", clock.now()));
    expect(again.sizes()).toEqual(sizes);
  });
}
