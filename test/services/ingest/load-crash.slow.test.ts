import { afterAll, describe, expect, it } from "vitest";
import { runLoad } from "#services/ingest/load/run-load.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import {
  cityOf,
  coinsOf,
  LOADED,
  mineOn,
  preparedFrom,
  storesWith,
} from "../../support/load-rig.ts";

const ALIVE = new AbortController().signal;
const chain = await mineOn(undefined, LOADED);
const prepared = await preparedFrom(chain);
afterAll(() => prepared[Symbol.dispose]());
const above = [...chain, ...(await mineOn(chain.at(-1), 3, 0x52))];

/** A city at genesis, or at the block itself, is no other case of the switch. */
const CASES = [
  ["is empty", undefined, chain, false],
  ["is empty, and whose load begins with a snapshot", undefined, chain, true],
  ["is far behind on the same chain", chain.slice(0, 3), chain, false],
  ["went on above it", above, above, false],
] as const;

describe.each(CASES)("a city that %s", (_, has, ends, assumed) => {
  it("ends alike when the task is killed at any call and another one begins", async () => {
    const expected = await coinsOf(await storesWith(ends));
    let call = 0;
    let isDone = false;
    while (!isDone) {
      call++;
      for (const when of ["before", "after"] as const) {
        const { city, ports, depsOf, clock } = await cityOf({ has, prepared, assumed });
        const died = await runLoad(depsOf(crashAt(ports, { call, when }), "first"), ALIVE).then(
          () => false,
          (cause: unknown) => cause instanceof CrashError || Promise.reject(cause),
        );
        if (!died) isDone = true;
        // The lease of the dead runs out.
        clock.advance(61_000);
        const outcome = await runLoad(depsOf(ports, "second"), ALIVE);
        const where = `${when} call ${call}`;
        expect(outcome.state, where).toBe("loaded");
        expect(await coinsOf(city), where).toEqual(expected);
        expect(await ports.snapshots.names(), where).toHaveLength(1);
        expect((await ports.richList.richest(1))?.at.height, where).toBe(LOADED);
        expect(await ports.index.cursor(), where).toMatchObject({ height: LOADED });
        const { gen = 0 } = (await city.coins.tip()) ?? {};
        expect(ports.generations.notes.get(gen)?.assumed ?? false, where).toBe(false);
        // Whatever the dead left behind is swept with the rest.
        const inUse = (await city.coins.tip())?.gen ?? 0;
        expect(
          Array.from({ length: inUse }, (_, at) => ports.generations.notes.get(at)?.state),
          where,
        ).toEqual(Array(inUse).fill("old"));
      }
    }
    process.stdout.write(`load: killed at each of ${2 * (call - 1)} calls, and run again\n`);
    expect(call).toBeGreaterThan(20);
  });
});
