import type { Chain } from "#services/rpc/views/chain.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Amount, Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction, TxOutput } from "#shared/primitives/transaction.ts";

/** The block a transaction is in, and its place there. */
export interface Placement {
  readonly record: HeaderRecord;
  /** -1 off the chain of the answer's tip. */
  readonly confirmations: number;
  /** 0 for the first transaction. */
  readonly position: number;
}

/** An output as the input that spends it needs it told. */
export interface SpentOutput extends TxOutput {
  /** Of the transaction that made it. */
  readonly time: UnixSeconds;
  readonly height: Height;
  /** Whether a coinbase made it. */
  readonly generated: boolean;
}

/** One transaction, with what is known around it. */
export interface TransactionView {
  readonly tx: HashedTransaction;
  readonly placement: Placement | undefined;
  /** What each input spends, in their order; nothing for a coinbase, and where nobody asked. */
  readonly spent: readonly SpentOutput[] | undefined;
}

/** The place of a transaction, from the header of its block. */
export async function placementOf(
  record: HeaderRecord,
  position: number,
  chain: Chain,
): Promise<Placement> {
  return { record, confirmations: await chain.confirmations(record), position };
}

export function sumOfOutputs(outputs: readonly Pick<TxOutput, "value">[]): Amount {
  // A sum of amounts is one.
  return outputs.reduce((sum, { value }) => sum + value, 0n) as Amount;
}
