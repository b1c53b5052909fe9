import { beforeAll, describe, expect, it } from "vitest";
import { createValidator, type ValidatorDeps } from "#services/validate/core.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { type MinedBlock, mineChain } from "../../support/mine.ts";

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
