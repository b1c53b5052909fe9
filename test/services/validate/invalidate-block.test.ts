import { expect, it } from "vitest";
import { createValidator } from "#services/validate/core.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { mineChain } from "../../support/mine.ts";

it("a block that is invalidated while its branch is being connected is not committed", async () => {
  const script = Uint8Array.of(0x51);
  const [first, second] = await mineChain(genesisRecord(exosRegtest), 2, {
    script,
    network: exosRegtest,
  });
  if (first === undefined || second === undefined) throw new RangeError("no blocks");
  const deps = memoryValidator(exosRegtest, unixSeconds(1_700_000_000));
  let meanwhile: (() => Promise<unknown>) | undefined;
  const validator = createValidator({
    ...deps,
    coins: {
      ...deps.coins,
      async commit(expectedRev, next) {
        const run = meanwhile;
        meanwhile = undefined;
        await run?.();
        return deps.coins.commit(expectedRev, next);
      },
    },
  });
  await validator.accept(first.bytes);
  await validator.connect();
  expect((await validator.tip()).height).toBe(1);

  const { hash } = second.record;
  meanwhile = async () => expect(await validator.invalidate(hash)).toMatchObject({ ok: true });
  await validator.accept(second.bytes);
  await validator.connect();
  expect(await validator.tip()).toMatchObject({ height: 1, hash: first.record.hash });

  expect(await validator.reconsider(hash)).toMatchObject({ ok: true });
  expect(await validator.tip()).toMatchObject({ height: 2, hash });
});

it("a kill between the verdict on a block and the lighter tip is made good at the next start", async () => {
  const [first, second, third] = await mineChain(genesisRecord(exosRegtest), 3, {
    script: Uint8Array.of(0x51),
    network: exosRegtest,
  });
  if (first === undefined || second === undefined || third === undefined) throw new RangeError();
  const deps = memoryValidator(exosRegtest, unixSeconds(1_700_000_000));
  const validator = createValidator(deps);
  for (const { bytes } of [first, second, third]) await validator.accept(bytes);
  await validator.connect();
  expect((await validator.tip()).height).toBe(3);

  const killed = createValidator({
    ...deps,
    coins: { ...deps.coins, commit: () => Promise.reject(new RangeError("killed")) },
  });
  await expect(killed.invalidate(second.record.hash)).rejects.toThrow("killed");
  expect((await validator.tip()).height).toBe(3);
  await validator.catchUp();
  expect(await validator.tip()).toMatchObject({ height: 1, hash: first.record.hash });
  await validator.reconsider(second.record.hash);
  await validator.catchUp();
  expect(await validator.tip()).toMatchObject({ height: 3, hash: third.record.hash });
});
