import { expect, it } from "vitest";
import type { LeaseAsk, Leases } from "#shared/ports/leases.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

const START = 1_700_000_000;
const ask = (owner: string, after = 0, seconds = 60): LeaseAsk => ({
  owner,
  now: unixSeconds(START + after),
  seconds,
});

/** What every keeper of leases promises. @param create an empty one each time */
export function leasesContract(create: () => Promise<Leases>): void {
  it("gives a free lease to whoever asks, and says who holds it", async () => {
    const leases = await create();
    expect(await leases.holder("pack", unixSeconds(START))).toBeUndefined();
    const lease = await leases.take("pack", ask("a"));
    expect(lease).toMatchObject({ name: "pack", owner: "a", until: START + 60 });
    expect(await leases.holder("pack", unixSeconds(START + 59))).toEqual(lease);
    expect(await leases.holder("load", unixSeconds(START))).toBeUndefined();
  });

  it("gives a held lease to nobody else until it runs out, to the second", async () => {
    const leases = await create();
    const first = await leases.take("load", ask("a"));
    expect(await leases.take("load", ask("b", 59))).toBeUndefined();
    expect(await leases.holder("load", unixSeconds(START + 60))).toBeUndefined();
    const second = await leases.take("load", ask("b", 60));
    expect(second).toMatchObject({ owner: "b", until: START + 120 });
    expect(second?.n).toBeGreaterThan(first?.n ?? Number.NaN);
  });

  it("lets its holder take it again, as after an answer that was lost", async () => {
    const leases = await create();
    await leases.take("load", ask("a"));
    expect(await leases.take("load", ask("a", 10))).toMatchObject({ until: START + 70 });
  });

  it("renews what is held, and tells who lost it", async () => {
    const leases = await create();
    const first = await leases.take("pack", ask("a"));
    if (first === undefined) throw new Error("a free lease was refused");
    const later = { now: unixSeconds(START + 20), seconds: 60 };
    const renewed = await leases.renew(first, later);
    expect(renewed).toMatchObject({ owner: "a", until: START + 80 });
    expect(await leases.take("pack", ask("b", 79))).toBeUndefined();
    await leases.take("pack", ask("b", 80));
    if (renewed === undefined) throw new Error("a held lease was lost");
    expect(await leases.renew(renewed, { now: unixSeconds(START + 81), seconds: 60 })).toBe(
      undefined,
    );
    expect(await leases.holder("pack", unixSeconds(START + 81))).toMatchObject({ owner: "b" });
  });

  it("frees a lease that is given back, and none that another has taken", async () => {
    const leases = await create();
    const first = await leases.take("pack", ask("a"));
    if (first === undefined) throw new Error("a free lease was refused");
    await leases.release(first);
    expect(await leases.holder("pack", unixSeconds(START))).toBeUndefined();
    const second = await leases.take("pack", ask("b"));
    expect(second?.n).toBeGreaterThan(first.n);
    await leases.release(first);
    expect(await leases.holder("pack", unixSeconds(START))).toEqual(second);
  });

  it("takes the same renewal twice, as after an answer that was lost", async () => {
    const leases = await create();
    const lease = await leases.take("load", ask("a"));
    if (lease === undefined) throw new Error("a free lease was refused");
    const later = { now: unixSeconds(START + 20), seconds: 60 };
    await leases.renew(lease, later);
    expect(await leases.renew(lease, later)).toMatchObject({ owner: "a", until: START + 80 });
    await leases.release(lease);
    await leases.release(lease);
    expect(await leases.renew(lease, later)).toBeUndefined();
  });
}
