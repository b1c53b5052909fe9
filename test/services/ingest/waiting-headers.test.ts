import { expect, it } from "vitest";
import { ClaimedChain } from "#services/ingest/claimed-chain.ts";
import type { IngestDeps } from "#services/ingest/deps.ts";
import type { HeaderBatch } from "#services/ingest/header-sync.ts";
import { Sync, type SyncPeer } from "#services/ingest/sync.ts";
import { buildPartialMerkleTree } from "#shared/codec/partial-merkle-tree.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { buildTransaction } from "../../support/block-builder.ts";
import { memoryValidator } from "../../support/memory-validator.ts";

const PEERS = 40;
const MESSAGE_BYTES = 4_000_000;
const BYTES_MAX = 32 * 1024 * 1024;

it("proofs that wait for a judge who is held up take bounded memory, and are asked for again", async () => {
  const memory = memoryValidator(exosRegtest, unixSeconds(1_700_000_000));
  const judge = Promise.withResolvers<void>();
  let attached = 0;
  const chain: IngestDeps["chain"] = {
    tip: async () => genesisRecord(exosRegtest),
    async attach() {
      attached++;
      await judge.promise;
      return { state: "unknown" };
    },
    judgeAnnounced: () => Promise.reject(new RangeError("never judged")),
    receive: () => ({
      take: () => Promise.reject(new RangeError("no block comes")),
      settle: async () => undefined,
    }),
  };
  const sync = new Sync({ ...memory, chain, checkpoints: "assert" });
  const bytes = new Uint8Array(MESSAGE_BYTES).subarray(0, 80);
  const header = { ...genesisRecord(exosRegtest).header, bytes };
  const parts = { time: header.time, inputs: [], outputs: [] };
  const batch: HeaderBatch = {
    kind: "headers",
    proven: true,
    headers: [
      {
        header,
        hash: zeroHash(),
        merkleProof: buildPartialMerkleTree([zeroHash()], () => true),
        signature: new Uint8Array(0),
        coinstake: buildTransaction(parts, exosRegtest.consensus),
        sizes: { merkleProof: 0, signature: 0, coinstake: 0 },
      },
    ],
  };
  for (let id = 0; id < PEERS; id++) {
    const peer: SyncPeer = {
      id: String(id),
      chain: new ClaimedChain(sync.pool),
      distrustedUntilMs: 0,
      requestBlocks: () => undefined,
      handle: () => undefined,
      clockSeconds: () => undefined,
    };
    sync.join(peer);
    sync.presented(peer, batch);
  }
  judge.resolve();
  await sync.moved();
  expect(attached).toBe(Math.floor(BYTES_MAX / MESSAGE_BYTES));
});
