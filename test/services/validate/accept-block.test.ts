import { expect, it } from "vitest";
import { createValidator } from "#services/validate/core.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { mineChain } from "../../support/mine.ts";

it("blocks that come one after the other wait as one candidate, and none stays behind", async () => {
  const script = Uint8Array.of(0x51);
  const chain = await mineChain(genesisRecord(exosRegtest), 4, { script, network: exosRegtest });
  const deps = memoryValidator(exosRegtest, unixSeconds(1_700_000_000));
  const validator = createValidator(deps);
  for (const { bytes } of chain) await validator.accept(bytes);
  const last = chain.at(-1)?.record;
  expect(await deps.headers.candidates(0n, 64)).toEqual([{ work: last?.work, hash: last?.hash }]);
  expect((await validator.connect()).tip.hash).toBe(last?.hash);
  expect(await deps.headers.candidates(0n, 64)).toEqual([]);
});
