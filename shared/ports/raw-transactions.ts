import type { HashHex } from "#shared/primitives/brand.ts";

/** How long bytes are kept for whoever is told of them. @source cloud.md 3.3 */
export const RAW_SECONDS = 600;

/**
 * Bytes of transactions that nobody has judged yet: stored before any hint names them, read by
 * whoever judges them. What is absent was forgotten; its sender announces it again.
 *
 * The id does not commit to witnesses, so whoever hands in other bytes under it replaces them: a
 * verdict on them says nothing of what came before or will come after.
 *
 * Implementations: `adapters/embedded/memory-raw-transactions.ts`,
 * `adapters/aws/dynamo-raw-transactions.ts`. Each passes `test/ports/raw-transactions.contract.ts`.
 * Every method throws StoreFault when the world failed.
 */
export interface RawTransactions {
  /** Keep bytes for `RAW_SECONDS`, in place of what was kept under this id. @param raw at most 100 KB */
  put(txid: HashHex, raw: Uint8Array): Promise<void>;
  /** @returns bytes of the caller; `undefined` when none are kept or their time is over */
  get(txid: HashHex): Promise<Uint8Array | undefined>;
}
