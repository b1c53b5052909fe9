import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createEdgeDoor } from "#services/rpc/http/edge-door.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { edgeStampText } from "#shared/fleet/edge-stamp.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

describe("the door of a city behind the edge", () => {
  const NOW = unixSeconds(1_800_000_000);
  const CLIENT = "192.0.2.7";

  function stamped(key: string, unix: number = NOW, client = CLIENT): Headers {
    const stamp = createHmac("sha256", key).update(edgeStampText(unix, CLIENT)).digest("hex");
    return new Headers({ "x-exos-client": client, "x-exos-edge": `${unix}.${stamp}` });
  }

  function opened(held: Record<string, string>) {
    const clock = createManualClock(NOW);
    let isDown = false;
    let reads = 0;
    const secrets = {
      async get(name: string) {
        reads++;
        if (isDown) throw new StoreFault("down", { retryable: true });
        return held[name];
      },
    };
    return {
      clock,
      door: createEdgeDoor({ secrets, clock }),
      reads: () => reads,
      fail: () => {
        isDown = true;
      },
    };
  }

  it("lets in what carries a fresh stamp under either key", async () => {
    const { door } = opened({ "edge-key": "old", "edge-key-next": "new" });
    expect(await door.check(stamped("old"))).toBeUndefined();
    expect(await door.check(stamped("new"))).toBeUndefined();
    expect(await door.check(stamped("old", NOW - 299))).toBeUndefined();
  });

  it.each([
    ["without a stamp", new Headers()],
    ["under another key", stamped("other")],
    ["that is too old", stamped("old", NOW - 301)],
    ["of the future", stamped("old", NOW + 301)],
    ["made for another client", stamped("old", NOW, "198.51.100.1")],
    ["cut short", new Headers({ "x-exos-edge": `${NOW}.00` })],
    ["under an empty key", stamped("")],
  ])("refuses a request %s", async (_, headers) => {
    const { door } = opened({ "edge-key": "old", "edge-key-next": "" });
    expect(await door.check(headers)).toMatchObject({ code: "EXOS-E4032" });
  });

  it("reads its keys once in five minutes, and keeps them while their store is down", async () => {
    const held = { "edge-key": "one" };
    const { door, clock, reads, fail } = opened(held);
    await door.check(stamped("one"));
    await door.check(stamped("one"));
    expect(reads()).toBe(2);
    held["edge-key"] = "two";
    clock.advance(301_000);
    expect(await door.check(stamped("one", NOW + 301))).toMatchObject({ code: "EXOS-E4032" });
    expect(await door.check(stamped("two", NOW + 301))).toBeUndefined();
    fail();
    clock.advance(301_000);
    expect(await door.check(stamped("two", NOW + 602))).toBeUndefined();
  });

  it("is closed while no key was ever read", async () => {
    const { door, fail } = opened({ "edge-key": "one" });
    fail();
    await expect(door.check(stamped("one"))).rejects.toThrow(StoreFault);
  });
});
