import { expect, it } from "vitest";
import { holdLease } from "#services/ingest/load/hold-lease.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLeases } from "#shared/adapters/embedded/memory-leases.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import type { Leases } from "#shared/ports/leases.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

const NOW = unixSeconds(1_700_000_000);
/** After it, a lease is renewed. */
const RENEW_MS = 20_000;
const forever = new AbortController().signal;

const turn = () => new Promise((resolve) => setImmediate(resolve));

function createRig(over: Partial<Leases> = {}) {
  const clock = createManualClock(NOW);
  const leases: Leases = { ...createMemoryLeases(), ...over };
  const deps = { leases, owner: "a", clock, log: createMemoryLog() };
  return { clock, leases, deps };
}

/** Work that ends after its lease came to be renewed. */
async function workPastRenewal(over: Partial<Leases>) {
  const { clock, deps } = createRig(over);
  const work = Promise.withResolvers<string>();
  const done = holdLease("load", deps, () => work.promise, forever);
  await turn();
  clock.advance(RENEW_MS);
  await turn();
  work.resolve("value");
  return { done };
}

it("is held while the work goes on, by one process, and is free after it", async () => {
  const { clock, leases, deps } = createRig();
  const work = Promise.withResolvers<string>();
  const done = holdLease("load", deps, () => work.promise, forever);
  for (let renewed = 0; renewed < 5; renewed++) {
    await turn();
    clock.advance(RENEW_MS);
  }
  await turn();
  const other = { ...deps, owner: "b" };
  expect(await holdLease("load", other, async () => "", forever)).toEqual({ state: "held" });
  work.resolve("value");
  expect(await done).toEqual({ state: "done", value: "value" });
  expect(await leases.holder("load", clock.now())).toBeUndefined();
});

it("lets the work stop when it was lost", async () => {
  const { clock, deps } = createRig({ renew: async () => undefined });
  const work = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const done = holdLease("load", deps, work, forever);
  await turn();
  clock.advance(RENEW_MS);
  expect(await done).toEqual({ state: "stopped" });
});

it("goes on without being renewed where the store does not answer", async () => {
  const renew = () => Promise.reject(new StoreFault("no answer", { retryable: true }));
  const { done } = await workPastRenewal({ renew });
  expect(await done).toEqual({ state: "done", value: "value" });
});

it("ends as the work did where the store does not take the lease back", async () => {
  const release = () => Promise.reject(new StoreFault("no answer", { retryable: true }));
  const { deps } = createRig({ release });
  expect(await holdLease("load", deps, async () => "value", forever)).toEqual({
    state: "done",
    value: "value",
  });
  const failed = holdLease("load", deps, () => Promise.reject(new RangeError("a bug")), forever);
  await expect(failed).rejects.toThrow("a bug");
});

// Nobody waits for the lease while the work goes on: what nobody hears would end the process.
it("tells a fault of its own when the work has ended", async () => {
  const { done } = await workPastRenewal({ renew: () => Promise.reject(new RangeError("a bug")) });
  await expect(done).rejects.toThrow("a bug");
});
