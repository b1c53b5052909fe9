import { describe, expect, it } from "vitest";
import { type RotationDeps, rotateSecret, SPREAD_MS } from "#services/cli/fleet/rotate-secret.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";

/** Two cities and an edge; `refused` counts moments in which a city refuses what the edge signs. */
function world() {
  const edge = { key: "old", since: 0 };
  const cities = ["syd", "lon"].map((name) => ({
    name,
    now: "old",
    next: undefined as string | undefined,
    seen: ["old"],
  }));
  let created = 0;
  let slept = 0;
  let refused = 0;
  /** Every reader holds what it read last until a whole spread has passed. */
  const check = () => {
    for (const { seen } of cities) if (!seen.includes(edge.key)) refused++;
  };
  const deps: RotationDeps = {
    checkers: cities.map((city) => ({
      name: city.name,
      next: async () => city.next,
      setNext: async (value) => {
        city.next = value;
        check();
      },
      promote: async (value) => {
        city.now = value;
        city.next = undefined;
        check();
      },
    })),
    signer: {
      current: async () => edge.key,
      set: async (value) => {
        edge.key = value;
        check();
      },
    },
    clock: {
      async sleep(ms) {
        slept += ms;
        for (const city of cities)
          city.seen = [city.now, ...(city.next === undefined ? [] : [city.next])];
        check();
      },
    },
    others: "none",
    create: () => `new${++created}`,
    say: () => undefined,
  };
  return {
    deps,
    end: () => ({ edge: edge.key, cities: cities.map(({ now, next }) => [now, next]) }),
    facts: () => ({ slept, refused }),
  };
}

describe("the rotation of a key", () => {
  it("ends with the new one everywhere, and refuses nobody on the way", async () => {
    const { deps, end, facts } = world();
    await rotateSecret(deps);
    expect(end()).toEqual({
      edge: "new1",
      cities: [
        ["new1", undefined],
        ["new1", undefined],
      ],
    });
    expect(facts()).toEqual({ slept: 2 * SPREAD_MS, refused: 0 });
  });

  it("waits for machines that nobody here reaches, and goes on by a person's word alone", async () => {
    const { deps, end, facts } = world();
    const next = {
      edge: "old",
      cities: [
        ["old", "new1"],
        ["old", "new1"],
      ],
    };
    // A word that is given too early says nothing: there was no key to be written anywhere.
    expect(await rotateSecret({ ...deps, others: "told" })).toEqual({ state: "others" });
    expect(end()).toEqual(next);
    expect(await rotateSecret({ ...deps, others: "untold" })).toEqual({ state: "others" });
    expect(end()).toEqual(next);
    expect(await rotateSecret({ ...deps, others: "told" })).toEqual({ state: "done" });
    expect(end()).toMatchObject({
      edge: "new1",
      cities: [
        ["new1", undefined],
        ["new1", undefined],
      ],
    });
    expect(facts().refused).toBe(0);
  });

  it("goes on where it was killed, at any call", async () => {
    for (const when of ["before", "after"] as const) {
      for (let call = 1; call <= 12; call++) {
        const { deps, end, facts } = world();
        const spared = ["create", "say"] as const;
        const dying = crashAt(deps, { call, when }, spared);
        // Arrays of ports are wrapped one by one.
        const checkers = deps.checkers.map((place) => crashAt({ place }, { call, when }).place);
        await rotateSecret({ ...dying, checkers }).catch((cause: unknown) => {
          if (!(cause instanceof CrashError)) throw cause;
        });
        await rotateSecret(deps);
        const { edge, cities } = end();
        expect({ when, call, cities }).toEqual({
          when,
          call,
          cities: [
            [edge, undefined],
            [edge, undefined],
          ],
        });
        expect(facts().refused, `${when} ${call}`).toBe(0);
      }
    }
  });
});
