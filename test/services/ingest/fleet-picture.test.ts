import { expect, it } from "vitest";
import { createSweep } from "#services/ingest/watch/sweep.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { headerRecord } from "../../support/header-records.ts";

const { hash } = headerRecord(undefined, 1);
const START = 1_800_000_000;

/** A watcher of two cities whose heights rise with each minute. */
function watcher() {
  const pictures: string[] = [];
  const state = { minute: 0, reached: true, broken: false };
  const sweep = createSweep({
    cities: ["syd", "lon"],
    environment: "test",
    operators: { tell: async () => undefined },
    log: createMemoryLog(),
    asker: {
      async ask(city) {
        if (city === "lon" && !state.reached) return undefined;
        const tip = { height: state.minute, hash, muhash: undefined, recent: [hash, hash, hash] };
        return { reasons: [], tip };
      },
    },
    board: {
      vector: async () => undefined,
      putVector: async () => undefined,
      async putPicture(picture) {
        if (state.broken) throw new StoreFault("no bucket", { retryable: true });
        pictures.push(picture);
      },
    },
  });
  return {
    state,
    /** @returns pictures that were put by it */
    async pass(minutes: number): Promise<number> {
      const before = pictures.length;
      for (let at = 0; at < minutes; at++) {
        state.minute++;
        await sweep([], unixSeconds(START + 60 * state.minute)).catch(() => undefined);
      }
      return pictures.length - before;
    },
  };
}

it("puts a picture at once when a city comes or goes, and each five minutes for its heights", async () => {
  const { state, pass } = watcher();
  expect(await pass(1)).toBe(1);
  expect(await pass(4)).toBe(0);
  expect(await pass(10)).toBe(2);
  state.reached = false;
  expect(await pass(1)).toBe(1);
  expect(await pass(1)).toBe(0);
  state.reached = true;
  expect(await pass(1)).toBe(1);
});

it("puts a picture a minute later that could not be put", async () => {
  const { state, pass } = watcher();
  state.broken = true;
  expect(await pass(2)).toBe(0);
  state.broken = false;
  expect(await pass(1)).toBe(1);
});
