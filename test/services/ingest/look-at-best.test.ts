import { expect, it } from "vitest";
import { createBestLook } from "#services/ingest/city/look-at-best.ts";
import { createRecentHeaders } from "#services/ingest/city/recent-headers.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { mineChain } from "../../support/mine.ts";

const genesis = genesisRecord(exosRegtest);
const chain = await mineChain(genesis, 4, {
  script: Uint8Array.of(0x51),
  network: exosRegtest,
});
const [first, bad, , last] = chain.map(({ record }) => record);
const REFUSED = { code: "bad-cs-amount", stage: "full", effect: "invalid", detail: {} } as const;

/** A chain that is stored and held beside a tip at genesis, and a store that counts its reads. */
async function besideOurs() {
  const stored = createMemoryHeaderStore();
  for (const { record } of chain) await stored.put(record, 100);
  const reads: HashHex[] = [];
  const get = (hash: HashHex) => {
    reads.push(hash);
    return stored.get(hash);
  };
  const { headers, forget } = createRecentHeaders({ ...stored, get });
  for (const { record } of chain) await headers.get(record.hash);
  reads.length = 0;
  const told: HashHex[] = [];
  const state = { best: last as HeaderRecord | undefined };
  const look = createBestLook({
    ...{ headers, forget },
    best: () => state.best,
    tip: () => genesisTip(genesis).tip,
    bad: async (hash) => void told.push(hash),
  });
  return { stored, look, reads, told, state };
}

it("finds a bad block whose hint was lost, though its header is held as good", async () => {
  const { stored, look, told } = await besideOurs();
  await stored.setRejected(bad?.hash ?? genesis.hash, REFUSED);
  await look();
  expect(told).toEqual([]);
  await look();
  expect(told).toEqual([bad?.hash]);
});

it("says nothing of a chain that is only not connected yet", async () => {
  const { stored, look, told, reads } = await besideOurs();
  await stored.setRejected(bad?.hash ?? genesis.hash, {
    ...REFUSED,
    effect: "until",
    detail: { until: 1_800_000_000 },
  });
  for (let minute = 0; minute < 3; minute++) await look();
  expect([told.length, reads.length]).toEqual([0, 2 * chain.length]);
});

it("reads nothing while the chain goes on, is ours, or is nobody's", async () => {
  const { look, reads, state } = await besideOurs();
  for (const best of [first, bad, last, genesis, genesis, undefined, undefined]) {
    state.best = best;
    await look();
  }
  expect(reads).toEqual([]);
});
