import { describe, expect, it } from "vitest";
import { openLevelHeaderStore } from "#shared/adapters/embedded/level-header-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { violation } from "#shared/consensus/verdict.ts";
import { flaky } from "../support/flaky.ts";
import { headerRecord } from "../support/header-records.ts";
import { disposedOf, temporaryFolder } from "../support/temporary-folder.ts";
import { headerStoreContract } from "./header-store.contract.ts";
import { headerTreeContract } from "./header-tree.contract.ts";

describe("memory header store", () => {
  headerStoreContract(async () => createMemoryHeaderStore());
  headerTreeContract(async () => createMemoryHeaderStore());
});

describe.each([1, 2, 3])("memory header store on bad day %i", (seed) => {
  headerStoreContract(async () => flaky(createMemoryHeaderStore(), seed));
  headerTreeContract(async () => flaky(createMemoryHeaderStore(), seed));
});

describe("level header store", () => {
  headerStoreContract(async () => disposedOf(await openLevelHeaderStore(temporaryFolder())));
  headerTreeContract(async () => disposedOf(await openLevelHeaderStore(temporaryFolder())));

  it("calls a fact about a header never put our own fault", async () => {
    const headers = createMemoryHeaderStore();
    const { hash } = headerRecord(undefined, 0);
    await expect(headers.setChecked(hash)).rejects.toThrow(RangeError);
  });

  it("has after a new start what it had before, thousands of headers included", async () => {
    const folder = temporaryFolder();
    const genesis = headerRecord(undefined, 0);
    const error = { ...violation("high-hash", { height: 1 }), stage: "header" } as const;
    const totals = new Uint8Array(408).fill(5);
    let tip = genesis;
    {
      await using headers = await openLevelHeaderStore(folder);
      await headers.put(genesis);
      await headers.setRejected(genesis.hash, error);
      for (let index = 1; index <= 3_000; index++) {
        tip = headerRecord(tip, index % 250);
        await headers.put(tip);
        if (index % 1_000 === 0) await headers.setApplied(tip.hash, 2, totals);
      }
      await headers.addCandidate(tip);
      await headers.addCandidate(genesis);
      await headers.dropCandidate(genesis.hash);
    }

    await using headers = await openLevelHeaderStore(folder);
    expect(await headers.get(genesis.hash)).toMatchObject({ record: genesis, rejected: error });
    expect(await headers.get(tip.hash)).toMatchObject({ record: tip, applied: [2], totals });
    expect(await headers.leaves(256)).toEqual([tip.hash]);
    expect(await headers.candidates(0n, 64)).toEqual([{ work: tip.work, hash: tip.hash }]);
    await headers.clearApplied();
    expect((await headers.get(tip.hash))?.applied).toEqual([]);
  });
});
