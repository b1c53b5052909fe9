import { expect, it } from "vitest";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { measureStore } from "#shared/adapters/embedded/measure-store.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

function rig() {
  const clock = createManualClock(unixSeconds(1_700_000_000));
  const metrics = createPrometheusMetrics();
  class Shelf {
    #book = "first";
    readonly room = 3;
    async get(): Promise<string> {
      await clock.sleep(300);
      return this.#book;
    }
    async put(book: string): Promise<void> {
      if (book === "") throw new RangeError("no book");
      this.#book = book;
    }
    count(): number {
      return this.#book.length;
    }
  }
  const operations = ["get", "put"] as const;
  const shelf = measureStore(new Shelf(), { name: "shelf", operations, metrics, clock });
  return { shelf, metrics, clock };
}

it("a measured store answers as before, and tells how long it took", async () => {
  const { shelf, metrics, clock } = rig();
  const reading = shelf.get();
  clock.advance(300);
  expect(await reading).toBe("first");
  await shelf.put("second");
  expect(shelf.count()).toBe(6);
  expect(shelf.room).toBe(3);
  const text = metrics.expose();
  expect(text).toContain('exos_store_op_seconds_sum{op="get",store="shelf"} 0.3\n');
  expect(text).toContain('exos_store_op_seconds_count{op="put",store="shelf"} 1\n');
  expect(text).not.toContain('op="count"');
});

it("a call that fails is measured too, and fails as before", async () => {
  const { shelf, metrics } = rig();
  await expect(shelf.put("")).rejects.toThrow("no book");
  expect(metrics.expose()).toContain('exos_store_op_seconds_count{op="put",store="shelf"} 1\n');
});

it("a method that is put in another's place is called from then on", async () => {
  const { shelf, metrics } = rig();
  const { put } = shelf;
  const seen: string[] = [];
  shelf.put = async (book) => {
    seen.push(book);
    await put(book);
  };
  await shelf.put("second");
  expect(seen).toEqual(["second"]);
  expect(shelf.count()).toBe(6);
  expect(metrics.expose()).toContain('exos_store_op_seconds_count{op="put",store="shelf"} 2\n');
});
