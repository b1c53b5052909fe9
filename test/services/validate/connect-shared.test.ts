import { describe, expect, it } from "vitest";
import { createValidator } from "#services/validate/core.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { BadHint } from "#shared/messages/bad-hint.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import { type ChainBlock, forkedChain } from "../../support/forked-chain.ts";
import { type CityDeps, sharedValidator } from "../../support/shared-validator.ts";

const NOW = unixSeconds(1_700_000_000);
const chain = forkedChain();
const lighter = chain.branch(5, 1);
const heavier = chain.branch(8, 2);

async function give(blocks: readonly ChainBlock[], deps: CityDeps): Promise<void> {
  const validator = createValidator(deps);
  for (const { bytes } of blocks) {
    expect(await validator.accept(bytes)).toMatchObject({ state: "accepted" });
  }
}

/** A city on the trunk and the lighter branch. */
async function createCity(): Promise<CityDeps> {
  const deps = sharedValidator(exosRegtest, NOW);
  await give([...chain.trunk, ...lighter], deps);
  await createValidator(deps).connect();
  return deps;
}

async function tipOf({ coins }: Pick<CityDeps, "coins">): Promise<Tip> {
  const tip = await coins.tip();
  if (tip === undefined) throw new RangeError("no tip");
  return tip;
}

function totalsOf(bytes: Uint8Array | undefined) {
  return bytes === undefined ? undefined : RunningTotals.decode("exos", bytes).totals();
}

/** Every call of one port, by name; `before` may throw in its place. */
function spied<Port extends object>(
  port: Port,
  before: (name: string, input: unknown[]) => void | Promise<void>,
): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...input: unknown[]) => {
        await before(String(name), input);
        return member.apply(target, input) as unknown;
      };
    },
  });
}

describe("on shared tables", () => {
  it("each tip carries the totals that its whole set has, after every block", async () => {
    const deps = sharedValidator(exosRegtest, NOW);
    for (const block of [...chain.trunk, ...lighter]) {
      await give([block], deps);
      await createValidator(deps).connect();
      const tip = await tipOf(deps);
      expect(tip.hash).toBe(block.record.hash);
      expect(totalsOf(tip.mu), `block ${tip.height}`).toEqual(await deps.coins.totals(tip));
      expect((await deps.headers.get(tip.hash))?.totals).toEqual(tip.mu);
    }
  });

  it("so does a tip of many blocks, and one that follows a reorganisation", async () => {
    const deps = await createCity();
    const before = await tipOf(deps);
    expect(totalsOf(before.mu)).toEqual(await deps.coins.totals(before));
    await give(heavier, deps);
    await createValidator(deps).connect();
    const after = await tipOf(deps);
    expect(after).toMatchObject({ hash: heavier.at(-1)?.record.hash, rev: before.rev + 1 });
    expect(totalsOf(after.mu)).toEqual(await deps.coins.totals(after));
    expect(totalsOf(after.mu)?.muhash).not.toEqual(totalsOf(before.mu)?.muhash);
  });

  it("a block that was applied in this generation is not read or judged again", async () => {
    const deps = await createCity();
    await give(heavier, deps);
    let commits = 0;
    const coins = spied(deps.coins, (name) => {
      if (name === "commit" && commits++ === 0) throw new StoreFault("down", { retryable: true });
    });
    await expect(createValidator({ ...deps, coins }).connect()).rejects.toThrow("down");
    const stored = await deps.headers.getMany(heavier.map(({ record }) => record.hash));
    expect(stored.map((header) => header?.applied)).toEqual(heavier.map(() => [0]));

    const calls: string[] = [];
    const again = {
      ...deps,
      coins: spied(deps.coins, (name) => void calls.push(name)),
      blocks: spied(deps.blocks, (name) => void calls.push(`body ${name}`)),
    };
    await createValidator(again).connect();
    const tip = await tipOf(deps);
    expect(tip.hash).toBe(heavier.at(-1)?.record.hash);
    expect(totalsOf(tip.mu)).toEqual(await deps.coins.totals(tip));
    expect(calls).toEqual(["tip", "commit"]);
  });

  it("way back to a branch that was applied before costs one commit", async () => {
    const deps = await createCity();
    await give(heavier, deps);
    await createValidator(deps).connect();
    const longer = chain.branch(9, 1);
    await give(longer.slice(lighter.length), deps);
    const calls: string[] = [];
    const coins = spied(deps.coins, (name) => void calls.push(name));
    await createValidator({ ...deps, coins }).connect();
    expect((await tipOf(deps)).hash).toBe(longer.at(-1)?.record.hash);
    const count = (name: string) => calls.filter((call) => call === name).length;
    expect(count("commit")).toBe(1);
    expect(count("apply")).toBe(longer.length - lighter.length);
  });

  it("no commit precedes the answer to any mark, and no note of a block its own", async () => {
    const deps = await createCity();
    await give(heavier, deps);
    const open = new Set<unknown>();
    const wrong: string[] = [];
    const { apply } = deps.coins;
    const coins = {
      ...spied(deps.coins, (name) => {
        if (name === "commit" && open.size > 0) wrong.push("commit");
      }),
      async apply(...input: Parameters<typeof apply>) {
        open.add(input);
        for (let turn = 0; turn < 50; turn++) await Promise.resolve();
        await apply.apply(deps.coins, input);
        open.delete(input);
      },
    };
    const headers = spied(deps.headers, (name, [hash]) => {
      if (name !== "setApplied") return;
      for (const input of open) {
        const [, marks] = input as Parameters<typeof apply>;
        if (marks[0]?.mark.hash === hash) wrong.push(`note of ${String(hash)}`);
      }
    });
    const port = new Proxy(deps.coins, {
      get: (target, name) => Reflect.get(coins, name) ?? Reflect.get(target, name),
    });
    await createValidator({ ...deps, coins: port, headers }).connect();
    expect(wrong).toEqual([]);
    expect((await tipOf(deps)).hash).toBe(heavier.at(-1)?.record.hash);
  });

  it("a block is not called bad because its parent's marks did not arrive", async () => {
    const deps = await createCity();
    await give(heavier, deps);
    const { apply } = deps.coins;
    let lose: (fault: StoreFault) => void = () => undefined;
    const lost = new Promise<void>((_, reject) => {
      lose = reject;
    });
    // What spends the marks of the second block is being read when these get lost.
    const blocks = spied(deps.blocks, (_, [hash]) => {
      if (hash === heavier[2]?.record.hash) lose(new StoreFault("down", { retryable: true }));
    });
    const coins = new Proxy(deps.coins, {
      get(target, name) {
        if (name !== "apply") return Reflect.get(target, name) as unknown;
        return (...[generation, marks]: Parameters<typeof apply>) =>
          marks[0]?.mark.hash === heavier[1]?.record.hash ? lost : apply(generation, marks);
      },
    });
    await expect(createValidator({ ...deps, blocks, coins }).connect()).rejects.toThrow("down");
    const stored = await deps.headers.getMany(heavier.map(({ record }) => record.hash));
    expect(stored.filter((header) => header?.rejected !== undefined)).toEqual([]);
    expect(stored[1]?.applied).toEqual([]);
    await createValidator(deps).connect();
    expect((await tipOf(deps)).hash).toBe(heavier.at(-1)?.record.hash);
  });

  it("a block that was applied in another generation is judged and applied in this one", async () => {
    const deps = await createCity();
    await give(heavier, deps);
    const { mu = new Uint8Array(0) } = await tipOf(deps);
    for (const { record } of heavier) await deps.headers.setApplied(record.hash, 7, mu);
    await createValidator(deps).connect();
    const tip = await tipOf(deps);
    expect(tip.hash).toBe(heavier.at(-1)?.record.hash);
    expect(totalsOf(tip.mu)).toEqual(await deps.coins.totals(tip));
  });

  it("tells pollers and followers of a tip after its commit, and peers of a bad block after its verdict", async () => {
    const deps = await createCity();
    await give(heavier, deps);
    const order: string[] = [];
    const bad = heavier.at(-1)?.record ?? { hash: "" };
    const watched = {
      ...deps,
      coins: spied(deps.coins, (name) => {
        if (name === "commit") order.push(name);
      }),
      headers: spied(deps.headers, (name) => {
        if (name === "setRejected") order.push(name);
      }),
      scripts: {
        async verify(jobs: Parameters<typeof deps.scripts.verify>[0]) {
          const outcomes = await deps.scripts.verify(jobs);
          const isLast = order.length === 0 && ++verified === heavier.length;
          return isLast ? outcomes.map((one) => ({ ...one, error: "EVAL_FALSE" })) : outcomes;
        },
      },
      shared: {
        ...deps.shared,
        notice: spied(deps.shared.notice, () => void order.push("notice")),
        announce: { send: async ({ hash, code }: BadHint) => void order.push(`${hash} ${code}`) },
      },
      follow: spied(deps.follow, (_, [hint]) => void order.push(JSON.stringify(hint))),
    };
    let verified = 0;
    await createValidator(watched).connect();
    const { rev, height: at, hash } = await tipOf(deps);
    expect(hash).toBe(heavier.at(-2)?.record.hash);
    expect(await deps.shared.notice.read()).toMatchObject({ rev, hash });
    expect(order).toEqual([
      "commit",
      "notice",
      JSON.stringify({ v: 1, kind: "tip", rev, height: at, hash }),
      "setRejected",
      `${bad.hash} bad-txns-script-failed`,
    ]);
  });

  it("drops candidates that are connected, bad, or no heavier than the tip any more", async () => {
    const deps = await createCity();
    // As whoever stores blocks of peers leaves them: each block of a run is a candidate.
    const sibling = chain.branch(8, 3);
    for (const blocks of [heavier, sibling]) {
      await give(blocks, deps);
      for (const { record } of blocks) await deps.headers.addCandidate(record);
    }
    const { work } = await tipOf(deps);
    expect(await deps.headers.candidates(work, 64)).toHaveLength(6);
    await createValidator(deps).connect();
    expect(await deps.headers.candidates(work, 64)).toEqual([]);
  });

  it("equal work keeps the first seen", async () => {
    const deps = await createCity();
    await give(chain.branch(lighter.length, 2), deps);
    await createValidator(deps).connect();
    expect((await tipOf(deps)).hash).toBe(lighter.at(-1)?.record.hash);
  });

  it("stops before its deadline with what it has judged, and says that more is left", async () => {
    const deps = await createCity();
    await give(heavier, deps);
    let elapsed = 0;
    const clock: Clock = { ...deps.clock, now: deps.clock.now, elapsedMs: () => elapsed };
    const coins = spied(deps.coins, (name) => {
      if (name === "apply") elapsed += 10;
    });
    const { connect } = createValidator({ ...deps, clock, coins });
    // Three blocks are no heavier chain yet: none is committed, and none is judged again.
    expect(await connect({ deadlineMs: 30 })).toMatchObject({ more: true });
    expect((await tipOf(deps)).hash).toBe(lighter.at(-1)?.record.hash);
    const calls: string[] = [];
    const next = { ...deps, coins: spied(deps.coins, (name) => void calls.push(name)) };
    expect(await createValidator(next).connect()).toMatchObject({ more: false });
    expect(calls.filter((name) => name === "apply")).toHaveLength(heavier.length - 3);
  });
});

describe("a block that fells its workers", () => {
  /** Connect a repeated delivery that dies in the body of the second block. */
  async function dies(deps: CityDeps): Promise<void> {
    const bad = heavier[6]?.record.hash;
    const blocks = spied(deps.blocks, (_, [hash]) => {
      if (hash === bad) throw new RangeError("out of memory");
    });
    const { connect } = createValidator({ ...deps, blocks });
    await expect(connect({ isRepeated: true })).rejects.toThrow("out of memory");
  }

  it("is left alone after the second repetition, and the city goes on without it", async () => {
    const log = createMemoryLog();
    const deps = { ...(await createCity()), log };
    await give(heavier, deps);
    await dies(deps);
    await dies(deps);
    expect((await tipOf(deps)).hash).toBe(lighter.at(-1)?.record.hash);
    await createValidator(deps).connect({ isRepeated: true });
    expect((await tipOf(deps)).hash).toBe(heavier[5]?.record.hash);
    expect(log.records.map(({ code }) => code)).toContain("EXOS-E8111");
  });

  it("is tried again after ten minutes", async () => {
    const deps = await createCity();
    await give(heavier, deps);
    await dies(deps);
    await dies(deps);
    const at = (seconds: number): CityDeps => {
      const clock: Clock = { ...deps.clock, now: () => unixSeconds(NOW + seconds) };
      return { ...deps, clock: { ...clock, elapsedMs: () => 0 } };
    };
    await createValidator(at(599)).connect();
    expect((await tipOf(deps)).height).toBe(36);
    await createValidator(at(600)).connect();
    expect((await tipOf(deps)).hash).toBe(heavier.at(-1)?.record.hash);
  });

  it("is noted by a repeated delivery alone", async () => {
    const deps = await createCity();
    await give(heavier, deps);
    await createValidator(deps).connect();
    for (const { record } of heavier) {
      expect(await deps.shared.tries.get(record.hash)).toBeUndefined();
    }
  });
});

describe("a long gap", () => {
  /** Connect to a leaf that says, when it is asked for, that it stands so far above the tip. */
  async function connectAcross(gap: number, deps: CityDeps) {
    const end = heavier.at(-1)?.record.hash;
    const looked: string[] = [];
    const headers = new Proxy(deps.headers, {
      get(target, name) {
        if (name !== "get") return Reflect.get(target, name) as unknown;
        return async (...[hash]: Parameters<typeof deps.headers.get>) => {
          const stored = await deps.headers.get(hash);
          if (hash !== end || looked.length > 0 || stored === undefined) {
            looked.push(hash === end ? "leaf" : "path");
            return stored;
          }
          looked.push("leaf");
          return { ...stored, record: { ...stored.record, height: height(35 + gap) } };
        };
      },
    });
    const { more } = await createValidator({ ...deps, headers }).connect();
    return { more, isFollowed: looked.length > 1 };
  }

  it.each([
    { gap: 4_096, isHeld: true, isFollowed: true },
    { gap: 4_097, isHeld: true, isFollowed: false },
    { gap: 4_097, isHeld: false, isFollowed: true },
  ])(
    "is left to whoever holds the lease `load`, above 4,096 blocks: $gap, $isHeld",
    async (row) => {
      const deps = await createCity();
      await give(heavier, deps);
      if (row.isHeld)
        await deps.shared.leases.take("load", { owner: "task", now: NOW, seconds: 60 });
      expect(await connectAcross(row.gap, deps)).toEqual({
        more: false,
        isFollowed: row.isFollowed,
      });
      await createValidator(deps).connect();
      expect((await tipOf(deps)).hash).toBe(heavier.at(-1)?.record.hash);
    },
  );

  /** Seconds in which a chain that stands at the leaf can grow so far above the tip. */
  const secondsTo = (gap: number) => (16 * (gap - 3) * exosRegtest.consensus.spacingSeconds) / 64;

  it.each([
    { said: 4_097, isHeld: true, age: 4_097, isFollowed: false },
    { said: 9_999, isHeld: true, age: 4_097, isFollowed: false },
    { said: 4_096, isHeld: true, age: 9_999, isFollowed: true },
    { said: 4_097, isHeld: false, age: 9_999, isFollowed: true },
    // Nobody has said anything; then: more than a chain can have grown since the candidate.
    { said: undefined, isHeld: true, age: 9_999, isFollowed: true },
    { said: 9_999, isHeld: true, age: 4_096, isFollowed: true },
  ])("ends where peers say that the network stands: $said, $isHeld, $age", async (row) => {
    const deps = await createCity();
    await give(heavier, deps);
    const tip = await tipOf(deps);
    const leaf = heavier.at(-1)?.record;
    const now = unixSeconds((leaf?.header.time ?? 0) + secondsTo(row.age));
    const clock: Clock = { ...deps.clock, now: () => now, elapsedMs: () => 0 };
    if (row.isHeld) await deps.shared.leases.take("load", { owner: "task", now, seconds: 60 });
    const beat = { service: "ingest", at: now, peersIn: 0, peersOut: 8, addresses: 0 } as const;
    await deps.shared.heartbeats.beat({
      ...{ ...beat, bestHeader: { height: height(tip.height + 3), hash: tip.hash } },
      ...(row.said !== undefined && { networkHeight: tip.height + row.said }),
    });
    await createValidator({ ...deps, clock }).connect();
    expect((await tipOf(deps)).hash === leaf?.hash).toBe(row.isFollowed);
  });
});
