import { expect, it } from "vitest";
import type { SavedState } from "#shared/ports/saved-state.ts";

/** One empty place, opened as often as asked. */
export interface SavedStateRig {
  readonly state: SavedState;
  /** The same place, as another process finds it. */
  reopen(): SavedState;
  /** Put something there that is no JSON. */
  spoil(): Promise<void>;
}

/** What a place for a small document promises. @param create a new place each time */
export function savedStateContract(create: () => Promise<SavedStateRig>): void {
  it("has nothing before the first write", async () => {
    const { state } = await create();
    expect(await state.read()).toBeUndefined();
  });

  it("gives the last value to whoever opens it", async () => {
    const { state, reopen } = await create();
    await state.write({ version: 1, rows: [["a", 1]] });
    await state.write([1, "zwei", null, { three: true }]);
    expect(await reopen().read()).toEqual({ value: [1, "zwei", null, { three: true }] });
  });

  it("says that what it finds is no JSON, and takes a new value", async () => {
    const { state, spoil } = await create();
    await spoil();
    expect(await state.read()).toBe("damaged");
    await state.write({});
    expect(await state.read()).toEqual({ value: {} });
  });

  it("keeps a megabyte as it is", async () => {
    const { state, reopen } = await create();
    const rows = Array.from({ length: 20_000 }, (_, at) => [`host-${at}`, at, "x".repeat(30)]);
    await state.write(rows);
    expect(await reopen().read()).toEqual({ value: rows });
  });
}
