import { expect, it } from "vitest";
import { answer } from "#services/ingest/answer.ts";
import { createLibrary } from "#services/ingest/serve.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { PeerInput } from "#shared/p2p/peer-input.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { memoryValidator } from "../../support/memory-validator.ts";

it("what a store does not give is told as missing, so that the peer may go on asking", async () => {
  const memory = memoryValidator(exosRegtest, unixSeconds(1_700_000_000));
  const told: PeerInput[] = [];
  const asker = {
    handle: (input: PeerInput) => void told.push(input),
    ready: async () => undefined,
    isClosed: false,
    mayUpload: () => true,
    addresses: () => [],
  };
  const fault = new StoreFault("no disk", { retryable: true });
  const blocks = { ...memory.blocks, get: () => Promise.reject(fault) };
  const deps = { ...memory, blocks, library: createLibrary({ ...memory, blocks }) };
  const items = [
    { type: "transaction", hash: zeroHash(), witness: false },
    { type: "block", hash: zeroHash(), witness: false },
    { type: "block", hash: zeroHash(), witness: false },
  ] as const;
  await expect(answer({ kind: "dataWanted", items }, asker, deps)).rejects.toBe(fault);
  expect(told).toEqual([{ kind: "missing", items }]);
});
