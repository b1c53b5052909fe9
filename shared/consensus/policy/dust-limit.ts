import { lengthSize } from "#shared/codec/writer.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";
import { witnessProgramOf } from "#shared/script/classify-script.ts";
import { feeOfSize } from "./fee-of-size.ts";

/** Bytes that an input takes: outpoint, lengths, sequence, signature and key. */
const INPUT_BYTES = 32 + 4 + 1 + 107 + 4;
/** The same with the last two in a witness, at a quarter. */
const WITNESS_INPUT_BYTES = 32 + 4 + 1 + Math.floor(107 / 4) + 4;
const VALUE_BYTES = 8;

/** Base units per 1,000 bytes below which Bitcoin Core holds an output for dust. */
const BITCOIN_DUST_RATE = 3_000n;

/**
 * The value from which an output is worth spending: on EXOS three times what its bytes and those of
 * the input that spends it cost to relay.
 *
 * @param relayFeeRate base units per 1,000 bytes
 * @source TxOut.cs IsDust (EXOSFullNode e61c2e61); GetDustThreshold, bitcoin/bitcoin
 *   policy/policy.cpp (25.0); exos-l1.md 6.2
 */
export function dustLimit(
  { scriptPubKey }: Pick<TxOutput, "scriptPubKey">,
  { dialect }: Pick<ConsensusParams, "dialect">,
  relayFeeRate: bigint,
): bigint {
  const { length } = scriptPubKey;
  const size = VALUE_BYTES + lengthSize(length) + length;
  if (dialect === "exos") return 3n * feeOfSize(relayFeeRate, size + INPUT_BYTES);
  const isWitness = witnessProgramOf(scriptPubKey, dialect) !== undefined;
  return feeOfSize(BITCOIN_DUST_RATE, size + (isWitness ? WITNESS_INPUT_BYTES : INPUT_BYTES));
}
