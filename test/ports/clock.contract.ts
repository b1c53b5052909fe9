import { expect, it } from "vitest";
import type { Clock } from "#shared/ports/clock.ts";

/** What every clock promises. @param pass lets so many milliseconds go by */
export function clockContract(
  create: () => { readonly clock: Clock; readonly pass: (milliseconds: number) => Promise<void> },
): void {
  it("counts whole seconds since 1970", () => {
    const now = create().clock.now();
    expect(Number.isInteger(now)).toBe(true);
    expect(now).toBeGreaterThan(1_500_000_000);
    expect(now).toBeLessThan(2 ** 32);
  });

  it("never lets a duration be negative", async () => {
    const { clock, pass } = create();
    const before = clock.elapsedMs();
    await pass(2);
    expect(clock.elapsedMs()).toBeGreaterThan(before);
  });

  it("wakes a sleeper when its time has come", async () => {
    const { clock, pass } = create();
    const sleep = clock.sleep(2);
    await pass(4);
    await expect(sleep).resolves.toBeUndefined();
  });

  it("rejects with the signal's reason, before and during the sleep", async () => {
    const { clock } = create();
    const reason = new RangeError("leaving");
    const control = new AbortController();
    const sleep = clock.sleep(60_000, control.signal);
    control.abort(reason);
    await expect(sleep).rejects.toBe(reason);
    await expect(clock.sleep(1, control.signal)).rejects.toBe(reason);
  });
}
