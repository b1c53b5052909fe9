import { type Violation, violation } from "#shared/consensus/verdict.ts";
import { COMMITMENT_MARK, witnessCommitment } from "#shared/consensus/witness-commitment.ts";
import type { Block } from "#shared/primitives/block.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

const COMMITMENT_BYTES = 38;

/**
 * Witnesses are what the coinbase commits to; where it commits to none, or the network knows none,
 * there are none. No hash of the block covers a witness, so each failure is the delivery's.
 *
 * @source WitnessCommitmentsRule.cs (EXOSFullNode e61c2e61); BIP141; exos-l1.md 4.4 rule 5
 */
export function checkWitnessCommitment(
  { transactions }: Pick<Block, "transactions">,
  isSegwitActive: boolean,
): Violation | undefined {
  const coinbase = transactions[0];
  const commitment = isSegwitActive ? commitmentOf(coinbase) : undefined;
  if (commitment === undefined) {
    const index = transactions.findIndex((tx) => tx.inputs.some(hasWitness));
    return index === -1 ? undefined : violation("unexpected-witness", { index });
  }
  const [nonce, second] = coinbase?.inputs[0]?.witness ?? [];
  if (nonce?.length !== 32 || second !== undefined) return violation("bad-witness-nonce-size");

  return equalBytes(witnessCommitment(transactions, nonce), commitment)
    ? undefined
    : violation("bad-witness-merkle-match");
}

function hasWitness({ witness }: HashedTransaction["inputs"][number]): boolean {
  return witness.length > 0;
}

/** The 32 bytes of the last output that commits. */
function commitmentOf(coinbase: HashedTransaction | undefined): Uint8Array | undefined {
  const output = coinbase?.outputs.findLast(
    ({ scriptPubKey }) =>
      scriptPubKey.length >= COMMITMENT_BYTES &&
      COMMITMENT_MARK.every((byte, at) => scriptPubKey[at] === byte),
  );
  return output?.scriptPubKey.subarray(COMMITMENT_MARK.length, COMMITMENT_BYTES);
}
