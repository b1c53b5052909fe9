import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { scanAll } from "#shared/adapters/aws/scan-all.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

const PAGE = Array.from({ length: 3 }, (_, at) => ({ k: { N: String(at) } }));

/** A table of pages that end with a fault. */
const failing = {
  async *scan() {
    yield PAGE;
    throw new StoreFault("the second page", { retryable: true });
  },
};

// The page after this one is asked for while it is read: what nobody hears would fail the whole run.
it("a page that fails while the one before is read is told to who reads on", async () => {
  let read = 0;
  const reading = async () => {
    for await (const _ of scanAll(failing, 1)) {
      read++;
      await setImmediate();
    }
  };
  await expect(reading()).rejects.toThrow("the second page");
  expect(read).toBe(3);
});

it("and to nobody, where nobody reads on", async () => {
  for await (const item of scanAll(failing, 1)) {
    expect(item).toBe(PAGE[0]);
    break;
  }
  await setImmediate();
});
