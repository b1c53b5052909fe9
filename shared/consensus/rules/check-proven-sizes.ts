import type { ProvenHeader } from "#shared/codec/proven-header.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";

const MERKLE_PROOF_BYTES_MAX = 512;
const COINSTAKE_BYTES_MAX = 1_000_000;
const SIGNATURE_BYTES_MAX = 80;

/**
 * The parts of a proven header are small, measured as they are written, lengths included.
 *
 * @source ProvenHeaderSizeRule.cs (EXOSFullNode e61c2e61); exos-l1.md 3.3 rule 6
 */
export function checkProvenSizes(sizes: ProvenHeader["sizes"]): Violation | undefined {
  const { merkleProof, coinstake, signature } = sizes;
  if (merkleProof > MERKLE_PROOF_BYTES_MAX) {
    return violation("proven-header-merkle-proof-size", { sizeBytes: merkleProof });
  }
  if (coinstake > COINSTAKE_BYTES_MAX) {
    return violation("proven-header-coinstake-size", { sizeBytes: coinstake });
  }
  if (signature > SIGNATURE_BYTES_MAX) {
    return violation("proven-header-signature-size", { sizeBytes: signature });
  }
  return undefined;
}
