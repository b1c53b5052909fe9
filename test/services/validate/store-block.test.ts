import { expect, it } from "vitest";
import { hasBlock } from "#services/ingest/has-block.ts";
import { createValidator } from "#services/validate/core.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { mineChain } from "../../support/mine.ts";

const genesis = genesisRecord(exosRegtest);
const mine = (count: number) =>
  mineChain(genesis, count, { script: Uint8Array.of(0x51), network: exosRegtest });
const open = () => memoryValidator(exosRegtest, unixSeconds(1_700_000_000));
const CALLS_MAX = 100;

it("stores blocks that nobody has connected yet, each a candidate, for whoever connects", async () => {
  const chain = await mine(4);
  const deps = open();
  for (const { bytes, record } of chain) {
    expect(await storeBlock(bytes, deps)).toEqual({ state: "accepted", record, heavier: true });
  }
  const last = chain.at(-1)?.record;
  const stored = await deps.headers.get(last?.hash ?? genesis.hash);
  expect(stored).toMatchObject({ checked: false, bodySize: chain.at(-1)?.bytes.length });
  expect(await deps.headers.candidates(0n, 64)).toHaveLength(4);
  expect((await createValidator(deps).connect()).tip.hash).toBe(last?.hash);
});

it("answers a block that it has with what is known of it, and writes nothing", async () => {
  const [first] = await mine(1);
  const deps = open();
  await storeBlock(first?.bytes ?? new Uint8Array(), deps);
  const again = await storeBlock(first?.bytes ?? new Uint8Array(), deps);
  expect(again).toMatchObject({ state: "known", stored: { record: first?.record } });
});

it("keeps nothing of bytes that the header does not commit to, and takes the right ones later", async () => {
  const [first] = await mine(1);
  const deps = open();
  const bytes = first?.bytes ?? new Uint8Array();
  const other = bytes.slice();
  // The time of the coinbase: the transaction is another, the header the same.
  const at = 80 + 1 + 4 + 36;
  other[at + 1] = (other[at + 1] ?? 0) ^ 1;
  const refused = await storeBlock(other, deps);
  expect(refused).toMatchObject({
    state: "refused",
    error: { stage: "integrity", effect: "bytes" },
  });
  expect(await deps.headers.get(first?.record.hash ?? genesis.hash)).toBeUndefined();
  expect(await storeBlock(bytes, deps)).toMatchObject({ state: "accepted" });
});

it("tells of a block without its parent, and of bytes that are no block", async () => {
  const [, second] = await mine(2);
  const deps = open();
  const prev = second === undefined ? "" : (await mine(1))[0]?.record.hash;
  expect(await storeBlock(second?.bytes ?? new Uint8Array(), deps)).toMatchObject({
    state: "orphan",
    prev,
  });
  expect(await storeBlock(Uint8Array.of(1, 2, 3), deps)).toMatchObject({ state: "undecodable" });
});

it("ends alike when it is killed at any call of a port, and peers are asked for what is unknown", async () => {
  const [first, second] = await mine(2);
  if (first === undefined || second === undefined) throw new RangeError("no blocks");
  let crashes = 0;
  let unknown = 0;
  for (let call = 1; call <= CALLS_MAX; call++) {
    for (const when of ["before", "after"] as const) {
      const deps = open();
      await storeBlock(first.bytes, deps);
      const { blocks, headers, coins } = deps;
      const dying = { ...deps, ...crashAt({ blocks, headers, coins }, { call, when }) };
      try {
        await storeBlock(second.bytes, dying);
      } catch (cause) {
        if (!(cause instanceof CrashError)) throw cause;
        crashes++;
      }
      await createValidator(deps).connect();
      // As a peer process that begins anew: on a quiet chain no child of the block tells of it.
      if (!(await hasBlock(await headers.get(second.record.hash), deps))) {
        unknown++;
        await storeBlock(second.bytes, deps);
      }
      const end = await createValidator(deps).connect();
      expect(end.tip.hash, `${when} call ${call}`).toBe(second.record.hash);
    }
  }
  expect(crashes).toBeGreaterThan(12);
  expect(unknown).toBeGreaterThan(12);
});

it("is a candidate also for who connects before its header is kept", async () => {
  const [first] = await mine(1);
  const deps = open();
  const { connect } = createValidator(deps);
  const put: typeof deps.headers.put = async (record, bodySize) => {
    await connect();
    await deps.headers.put(record, bodySize);
  };
  await storeBlock(first?.bytes ?? new Uint8Array(), {
    ...deps,
    headers: { ...deps.headers, put },
  });
  expect((await connect()).tip.hash).toBe(first?.record.hash);
});
