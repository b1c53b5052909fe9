import { afterAll, describe, expect, it } from "vitest";
import { type LoadDeps, runLoad } from "#services/ingest/load/run-load.ts";
import { createValidator } from "#services/validate/core.ts";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { fillGeneration } from "#shared/adapters/embedded/import-snapshot.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLeases } from "#shared/adapters/embedded/memory-leases.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unspentAt } from "#shared/ports/unspent-at.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import { createMemoryGenerations } from "../../support/memory-generations.ts";
import { createMemorySegments } from "../../support/memory-segments.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { type MinedBlock, mineChain } from "../../support/mine.ts";
import { temporaryFolder } from "../../support/test-node.ts";

const START = unixSeconds(1_700_000_000);
const genesis = genesisRecord(exosRegtest);
const ALIVE = new AbortController().signal;
/** Blocks of the chain that is loaded, and of a segment. */
const [LOADED, SEGMENT] = [7, 3];

const mineOn = (parent: MinedBlock | undefined, count: number, to = 0x51) =>
  mineChain(parent?.record ?? genesis, count, {
    script: Uint8Array.of(to),
    network: exosRegtest,
  });

/** Stores with this chain as the tip's. */
async function storesWith(chain: readonly MinedBlock[]) {
  const deps = memoryValidator(exosRegtest, START);
  const validator = createValidator(deps);
  for (const { bytes } of chain) await validator.accept(bytes);
  await validator.connect();
  return deps;
}

/** A chain on the disk of the task, with its set in a folder. */
async function preparedFrom(chain: readonly MinedBlock[]) {
  const from = await storesWith(chain);
  const { path, ...folder } = temporaryFolder();
  await exportSnapshot({ ...from, program: "test" }, path);
  return { from, folder: path, [Symbol.dispose]: folder[Symbol.dispose] };
}

interface CityOptions {
  readonly has: readonly MinedBlock[] | undefined;
  readonly prepared: Awaited<ReturnType<typeof preparedFrom>>;
}

/** A city with this chain, and a load of the prepared one. */
async function cityOf({ has, prepared }: CityOptions) {
  const city = has === undefined ? memoryValidator(exosRegtest, START) : await storesWith(has);
  const sent: number[] = [];
  const clock = createManualClock(START);
  const ports = {
    coins: city.coins,
    generations: createMemoryGenerations(clock),
    headers: city.headers,
    blocks: city.blocks,
    segments: createMemorySegments(),
    leases: createMemoryLeases(),
    notice: createMemoryTipNotice(),
    follow: { send: async ({ height }: { readonly height: number }) => void sent.push(height) },
  };
  const depsOf = (over: typeof ports, owner = "me"): LoadDeps => ({
    ...over,
    network: exosRegtest,
    prepare: async () => ({
      headers: prepared.from.headers,
      blocks: prepared.from.blocks,
      async fill() {
        const target = {
          network: exosRegtest,
          coins: over.coins,
          headers: { put: async () => undefined },
        };
        const { manifest, ...rest } = await fillGeneration(target, prepared.folder);
        return { ...rest, at: manifest };
      },
    }),
    segmentBlocks: SEGMENT,
    owner,
    clock,
    log: createMemoryLog(),
  });
  return { city, ports, depsOf, clock, sent };
}

/** What is unspent at the tip, as text. */
async function coinsOf({ coins }: Pick<Awaited<ReturnType<typeof storesWith>>, "coins">) {
  const tip = await coins.tip();
  const found: string[] = [];
  if (tip === undefined) return found;
  for await (const { txid, index, coin } of unspentAt(tip, coins)) {
    found.push(`${toHashHex(txid)}:${index} ${coin.value} at ${coin.height}`);
  }
  return found.sort();
}

const chain = await mineOn(undefined, LOADED);
const prepared = await preparedFrom(chain);
afterAll(() => prepared[Symbol.dispose]());
const above = [...chain, ...(await mineOn(chain.at(-1), 3, 0x52))];
const other = await mineOn(undefined, 4, 0x53);

/** How a city may stand when it is loaded, and where it stands afterwards. */
const CASES = [
  ["is empty", undefined, chain],
  ["stands at genesis", [], chain],
  ["is far behind on the same chain", chain.slice(0, 3), chain],
  ["stands at the loaded block", chain, chain],
  ["went on above it", above, above],
] as const;

describe.each(CASES)("a city that %s", (_, has, ends) => {
  it("has the coins of the chain in a new generation, and goes on from there", async () => {
    const { city, ports, depsOf, sent } = await cityOf({ has, prepared });
    const outcome = await runLoad(depsOf(ports), ALIVE);
    const last = ends.at(-1)?.record;
    expect(outcome).toMatchObject({
      state: "loaded",
      tip: { hash: last?.hash, floor: LOADED, final: LOADED, gen: 1 },
    });
    expect(await coinsOf(city)).toEqual(await coinsOf(await storesWith(ends)));
    expect(sent).toEqual([ends.length]);
    expect((await ports.notice.read())?.hash).toBe(last?.hash);
    expect(await ports.leases.holder("load", START)).toBeUndefined();
    // Every block below is in a segment or an item, and the next one connects.
    const blocks = [genesis, ...chain.map(({ record }) => record)];
    const whole = Math.floor(blocks.length / SEGMENT) * SEGMENT;
    for (const { hash, height } of blocks) {
      const isThere =
        ports.segments.listed.has(hash) || (await city.blocks.get(hash)) !== undefined;
      expect([isThere, ports.segments.listed.has(hash)], `${height}`).toEqual([
        true,
        height < whole,
      ]);
    }
    const [next] = await mineOn(ends.at(-1), 1, 0x54);
    const validator = createValidator(city);
    await validator.accept(next?.bytes ?? new Uint8Array());
    expect((await validator.connect()).tip.hash).toBe(next?.record.hash);
  });

  // A city at genesis, or at the block itself, is no other case of the switch.
  const isKilled = has === undefined || (has.length > 0 && has !== chain);
  it.runIf(isKilled)(
    "ends alike when the task is killed at any call and another one begins",
    async () => {
      const expected = await coinsOf(await storesWith(ends));
      let call = 0;
      let isDone = false;
      while (!isDone) {
        call++;
        for (const when of ["before", "after"] as const) {
          const { city, ports, depsOf, clock } = await cityOf({ has, prepared });
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
    },
  );
});

describe("a city on another chain", () => {
  it("is left as it is, with a sentence", async () => {
    const { city, ports, depsOf } = await cityOf({ has: other, prepared });
    await expect(runLoad(depsOf(ports), ALIVE)).rejects.toMatchObject({ code: "EXOS-E8131" });
    expect((await city.coins.tip())?.hash).toBe(other.at(-1)?.record.hash);
    expect(await ports.leases.holder("load", START)).toBeUndefined();
  });
});

describe("the generation that was replaced", () => {
  it("is noted when the new one is in use, and deleted by the first load a day later", async () => {
    const { city, ports, depsOf, clock } = await cityOf({ has: chain, prepared });
    await runLoad(depsOf(ports), ALIVE);
    expect([...ports.generations.notes]).toEqual([[0, { state: "old", at: START }]]);
    clock.advance(86_399_000);
    await runLoad(depsOf(ports), ALIVE);
    expect(await city.coins.read(0, [])).toEqual([]);
    clock.advance(1_000);
    await runLoad(depsOf(ports), ALIVE);
    await expect(async () => city.coins.read(0, [])).rejects.toThrow("generation 0");
    // The next one is a second old.
    expect(await city.coins.read(1, [])).toEqual([]);
    expect(await coinsOf(city)).toEqual(await coinsOf(await storesWith(chain)));
  });

  it("is never turned back to by a load that woke up late", async () => {
    const { city, ports, depsOf } = await cityOf({ has: chain, prepared });
    const late = depsOf(ports);
    let newer = false;
    const prepare: LoadDeps["prepare"] = async (signal) => {
      const from = await late.prepare(signal);
      return {
        ...from,
        async fill() {
          const set = await from.fill();
          await ports.coins.createGeneration();
          const tip = await city.coins.tip();
          if (tip === undefined) throw new RangeError("no tip");
          const next = { ...tip, rev: tip.rev + 1, gen: set.generation + 1 };
          newer = await city.coins.commit(tip.rev, { tip: next, frozen: [] });
          return set;
        },
      };
    };
    const failed = runLoad({ ...late, prepare }, ALIVE);
    await expect(failed).rejects.toMatchObject({ code: "EXOS-E8130" });
    expect([newer, (await city.coins.tip())?.gen]).toEqual([true, 2]);
  });
});

describe("the lease", () => {
  it("lets one task load a city at a time", async () => {
    const { ports, depsOf, clock } = await cityOf({ has: undefined, prepared });
    await ports.leases.take("load", { owner: "other", now: clock.now(), seconds: 60 });
    expect(await runLoad(depsOf(ports), ALIVE)).toEqual({ state: "held" });
    expect(await ports.coins.tip()).toBeUndefined();
  });
});
