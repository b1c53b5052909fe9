import { expect, it } from "vitest";
import type { ChainFile } from "#services/validate/chain-file.ts";
import { createValidator } from "#services/validate/core.ts";
import { Writer } from "#shared/codec/writer.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { type MinedBlock, mineChain } from "../../support/mine.ts";

function fileOf(blocks: readonly MinedBlock[]): ChainFile {
  const writer = new Writer();
  for (const { bytes } of blocks) writer.bytes(exosRegtest.magic).u32(bytes.length).bytes(bytes);
  const all = writer.finish();
  const read = async (from: number, length: number) => all.slice(from, from + length);
  return { name: "blocks.dat", sizeBytes: all.length, read };
}

it("an import leaves out a block that was invalidated, until it is reconsidered", async () => {
  const genesis = genesisRecord(exosRegtest);
  const script = Uint8Array.of(0x51);
  const chain = await mineChain(genesis, 3, { script, network: exosRegtest });
  const bad = chain[1]?.record.hash ?? genesis.hash;
  const validator = createValidator(memoryValidator(exosRegtest, unixSeconds(1_700_000_000)));
  expect(await validator.importChain([fileOf(chain)])).toMatchObject({ ok: true });

  expect(await validator.invalidate(bad)).toMatchObject({ ok: true });
  expect(await validator.importChain([fileOf(chain)])).toMatchObject({
    ok: false,
    error: { code: "EXOS-E2002", fields: { hash: bad, height: 2, offset: expect.any(Number) } },
  });
  expect((await validator.tip()).height).toBe(1);

  expect(await validator.reconsider(bad)).toMatchObject({ ok: true });
  expect(await validator.importChain([fileOf(chain)])).toMatchObject({ ok: true });
  expect((await validator.tip()).height).toBe(3);
});

it("an import says where its file ends on a branch with less work", async () => {
  const genesis = genesisRecord(exosRegtest);
  const ours = { script: Uint8Array.of(0x51), network: exosRegtest };
  const theirs = { script: Uint8Array.of(0x52), network: exosRegtest };
  const long = await mineChain(genesis, 3, ours);
  const short = await mineChain(genesis, 2, theirs);
  const validator = createValidator(memoryValidator(exosRegtest, unixSeconds(1_700_000_000)));
  const followed = await validator.importChain([fileOf(long)]);
  expect(followed.ok && followed.value.beside).toBe(undefined);
  for (const _ of ["judged and stored", "known already"]) {
    const aside = await validator.importChain([fileOf(short)]);
    const { height, hash } = short[1]?.record ?? genesis;
    expect(aside).toMatchObject({ ok: true, value: { blocks: 0, beside: { height, hash } } });
  }
  const again = await validator.importChain([fileOf(long)]);
  expect(again.ok && again.value.beside).toBe(undefined);
});
