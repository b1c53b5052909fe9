import { expect, it } from "vitest";
import { createValidator } from "#services/validate/core.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { BadHint } from "#shared/messages/bad-hint.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { forkedChain } from "../../support/forked-chain.ts";
import { sharedValidator } from "../../support/shared-validator.ts";

const NOW = unixSeconds(1_700_000_000);

it("a bad block is told of also where whoever refused it died before he told", async () => {
  const deps = sharedValidator(exosRegtest, NOW);
  const chain = forkedChain();
  for (const { bytes } of chain.trunk) await createValidator(deps).accept(bytes);
  const { tip } = await createValidator(deps).connect();
  const branch = chain.branch(8, 2);
  for (const { bytes } of branch) await createValidator(deps).accept(bytes);

  const verify: typeof deps.scripts.verify = async (jobs) =>
    (await deps.scripts.verify(jobs)).map((one) => ({ ...one, error: "EVAL_FALSE" }));
  const connect = (send: (hint: BadHint) => Promise<void>) =>
    createValidator({
      ...deps,
      scripts: { ...deps.scripts, verify },
      shared: { ...deps.shared, announce: { send } },
    }).connect();
  const down = () => Promise.reject(new StoreFault("down", { retryable: true }));
  await expect(connect(down)).rejects.toThrow("down");
  // Nobody else waits for it: what can be followed is, and the candidate stays.
  await connect(down);
  expect(await deps.headers.candidates(tip.work, 64)).toHaveLength(1);

  const told: string[] = [];
  for (let again = 0; again < 3; again++) await connect(async ({ hash }) => void told.push(hash));
  const stored = await deps.headers.getMany(branch.map(({ record }) => record.hash));
  const bad = stored.find((one) => one?.rejected !== undefined);
  expect(told).toEqual([bad?.record.hash]);
  expect(await deps.headers.candidates(tip.work, 64)).toEqual([]);
});
