import { expect, it } from "vitest";
import { createValidator } from "#services/validate/core.ts";
import { submitBlock } from "#services/validate/submit-block.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { mineChain } from "../../support/mine.ts";

it("a block is answered for what is known of it and of its ancestors", async () => {
  const [first, second, third] = await mineChain(genesisRecord(exosRegtest), 3, {
    script: Uint8Array.of(0x51),
    network: exosRegtest,
  });
  if (!first || !second || !third) throw new RangeError("no blocks");
  const deps = memoryValidator(exosRegtest, unixSeconds(1_700_000_000));
  const validator = createValidator(deps);
  const connected = async () => {
    await validator.connect();
  };
  const answers = async () => {
    const all = [];
    for (const { bytes } of [first, second, third]) {
      const said = await submitBlock(bytes, { ...deps, connected });
      all.push(said.state === "judged" ? said.answer : said.state);
    }
    return all;
  };

  expect(await answers()).toEqual([null, null, null]);
  expect(await answers()).toEqual(["duplicate", "duplicate", "duplicate"]);
  await validator.invalidate(second.record.hash);
  expect(await answers()).toEqual(["duplicate", "duplicate-invalid", "duplicate-invalid"]);
  await validator.reconsider(second.record.hash);
  expect(await answers()).toEqual(["duplicate", "duplicate", "duplicate"]);
});
