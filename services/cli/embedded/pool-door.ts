import type { IngestDeps } from "#services/ingest/core.ts";
import type { Mempool } from "#shared/ports/mempool.ts";

type PoolDoor = NonNullable<IngestDeps["pool"]>;

/** The pool as those who talk to peers see it. */
export function poolDoor(mempool: Mempool): PoolDoor {
  return {
    wants: async (txid) => (await mempool.unknown([txid])).length > 0,
    async offer({ raw }) {
      await mempool.accept(raw, { source: "peer" });
    },
    async get(txid) {
      const entry = await mempool.get(txid);
      if (entry !== undefined) await mempool.broadcast(txid);
      return entry?.tx.raw;
    },
    ids: () => mempool.ids(),
  };
}
