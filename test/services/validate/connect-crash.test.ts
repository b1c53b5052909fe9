import { beforeAll, describe, expect, it } from "vitest";
import { type ConnectDeps, connectHinted } from "#services/validate/connect-hinted.ts";
import { createValidator, type ValidatorDeps } from "#services/validate/core.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { type Crash, CrashError, crashAt } from "../../support/crash-at.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { type MinedBlock, mineChain } from "../../support/mine.ts";
import { type CityDeps, sharedValidator } from "../../support/shared-validator.ts";

const NOW = unixSeconds(1_700_000_000);
/** What is no store or queue: members that answer at once stay as they are. */
const SPARED = ["network", "clock", "log", "metrics", "policy", "scripts"] as const;
const TRUE = Uint8Array.of(0x51);
const ALSO_TRUE = Uint8Array.of(0x52);

let lighter: MinedBlock[] = [];
let heavier: MinedBlock[] = [];

beforeAll(async () => {
  const genesis = genesisRecord(exosRegtest);
  lighter = await mineChain(genesis, 3, { script: TRUE, network: exosRegtest });
  heavier = await mineChain(genesis, 4, { script: ALSO_TRUE, network: exosRegtest });
});

/** Stores in which the lighter branch is the tip and the heavier one waits. */
async function prepare(): Promise<ValidatorDeps> {
  const deps = memoryValidator(exosRegtest, NOW);
  const validator = createValidator(deps);
  for (const { bytes } of lighter) await validator.accept(bytes);
  await validator.connect();
  for (const { bytes } of heavier) await validator.accept(bytes);
  return deps;
}

async function endOf(deps: ValidatorDeps) {
  const tip = await deps.coins.tip();
  if (tip === undefined) return undefined;
  const { hash, height, final } = tip;
  return { hash, height, final, totals: await deps.coins.totals(tip) };
}

/** Run until a crash. @returns whether it got through */
async function survives(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (cause) {
    if (cause instanceof CrashError) return false;
    throw cause;
  }
}

describe("connect", () => {
  it("follows the heavier branch", async () => {
    const deps = await prepare();
    expect((await endOf(deps))?.hash).toBe(lighter.at(-1)?.record.hash);
    await createValidator(deps).connect();
    expect((await endOf(deps))?.hash).toBe(heavier.at(-1)?.record.hash);
    expect(deps.metrics.expose()).toContain("exos_reorgs_total 1");
    expect(deps.metrics.expose()).toContain("exos_reorg_depth_blocks 3");
  });

  it.each(["before", "after"] as const)(
    "that dies %s any call to a store, and runs again, comes to the same end",
    async (when) => {
      const whole = await prepare();
      await createValidator(whole).connect();
      const end = await endOf(whole);
      let calls = 0;
      for (let call = 1, through = false; !through; call++) {
        const deps = await prepare();
        const dying = createValidator(crashAt(deps, { call, when }, SPARED));
        through = await survives(() => dying.connect());
        const between = await endOf(deps);
        // Nobody ever sees anything but one of the two whole chains.
        expect([lighter.at(-1)?.record.hash, end?.hash], `call ${call}`).toContain(between?.hash);
        await createValidator(deps).connect();
        expect(await endOf(deps), `call ${call}`).toEqual(end);
        calls = call;
      }
      expect(calls).toBeGreaterThan(20);
    },
  );
});

/** The service of a city whose every port dies at one call, those that only a city has too. */
function dyingCity(deps: CityDeps, crash: Crash): ConnectDeps {
  const { tries, leases, heartbeats, notice, announce, operators } = deps.shared;
  const flat = { ...deps, tries, leases, heartbeats, notice, announce, operators };
  const dying = crashAt(flat, crash, [...SPARED, "shared"]);
  const shared = {
    tries: dying.tries,
    leases: dying.leases,
    heartbeats: dying.heartbeats,
    notice: dying.notice,
    announce: dying.announce,
    operators: dying.operators,
  };
  return { ...dying, shared };
}

describe("a hint to connect in a city", () => {
  /** Shared stores in which the lighter branch is the tip and the heavier one waits, unchecked. */
  async function prepareCity(): Promise<CityDeps> {
    const deps = sharedValidator(exosRegtest, NOW);
    const { accept, connect } = createValidator(deps);
    for (const { bytes } of lighter) await accept(bytes);
    await connect();
    for (const { bytes } of heavier) await storeBlock(bytes, deps);
    return deps;
  }

  /** What a queue does: the hint comes as often as it has to, and tells how often. */
  async function deliver(deps: ConnectDeps, attempt: number): Promise<void> {
    await connectHinted({ attempt, deadlineMs: Number.POSITIVE_INFINITY }, deps);
  }

  async function stateOf(deps: CityDeps) {
    const tip = await deps.coins.tip();
    const hashes = [...lighter, ...heavier].map(({ record }) => record.hash);
    const headers = await deps.headers.getMany(hashes);
    return {
      ...(await endOf(deps)),
      mu: tip?.mu,
      applied: headers.map((header) => header?.applied),
      candidates: await deps.headers.candidates(0n, 64),
    };
  }

  it.each([
    ["before", "comes again"],
    ["before", "is lost and the tick follows"],
    ["after", "comes again"],
    ["after", "is lost and the tick follows"],
  ] as const)(
    "that dies %s any call to a port, and %s, comes to the same end",
    async (when, how) => {
      const whole = await prepareCity();
      await deliver(whole, 1);
      const end = await stateOf(whole);
      expect(end.hash).toBe(heavier.at(-1)?.record.hash);
      expect(end.candidates).toEqual([]);
      const endWork = (await whole.coins.tip())?.work ?? 0n;
      let calls = 0;
      for (let call = 1, through = false; !through; call++) {
        const deps = await prepareCity();
        through = await survives(() => deliver(dyingCity(deps, { call, when }), 1));
        const between = await deps.coins.tip();
        expect([lighter.at(-1)?.record.hash, end.hash], `call ${call}`).toContain(between?.hash);
        await deliver(deps, how === "comes again" ? 2 : 1);
        const { candidates, ...after } = await stateOf(deps);
        expect({ ...after, candidates: [] }, `call ${call}`).toEqual(end);
        // What no longer outweighs the tip is swept when its time is over, where its worker died.
        expect(
          candidates.filter(({ work }) => work > endWork),
          `call ${call}`,
        ).toEqual([]);
        calls = call;
      }
      process.stdout.write(`connect in a city: ${calls - 1} calls, died ${when} each, ${how}\n`);
      expect(calls).toBeGreaterThan(40);
    },
  );
});

describe("accepting a block", () => {
  it.each(["before", "after"] as const)(
    "that dies %s any call, is handed in again and connected, ends the same",
    async (when) => {
      const [first] = lighter;
      if (first === undefined) throw new RangeError("no block");
      for (let call = 1, through = false; !through; call++) {
        const deps = memoryValidator(exosRegtest, NOW);
        const dying = createValidator(crashAt(deps, { call, when }, SPARED));
        through = await survives(() => dying.accept(first.bytes));
        const again = createValidator(deps);
        await again.accept(first.bytes);
        await again.catchUp();
        expect((await endOf(deps))?.hash, `call ${call}`).toBe(first.record.hash);
      }
    },
  );
});
