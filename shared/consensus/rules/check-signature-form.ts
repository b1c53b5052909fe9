import type { ProofKind } from "#shared/consensus/header-record.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";

const BYTES_MIN = 9;
const BYTES_MAX = 73;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** Half the order of the group: the largest s that counts as low. @source exos-l1.md 4.2 */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * A block proven by work has no signature; one proven by stake has strict DER without a hash type,
 * with a low s.
 *
 * @source PosBlockSignatureRepresentationRule.cs, PosBlockValidator.cs (EXOSFullNode e61c2e61);
 *   exos-l1.md 4.1 rule 2, 4.2
 */
export function checkSignatureForm(signature: Uint8Array, kind: ProofKind): Violation | undefined {
  const isRight = kind === "work" ? signature.length === 0 : isStrictLowDer(signature);
  return isRight ? undefined : violation("bad-block-signature", { sizeBytes: signature.length });
}

function isStrictLowDer(der: Uint8Array): boolean {
  if (der.length < BYTES_MIN || der.length > BYTES_MAX) return false;
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2) return false;
  const rLength = Number(der[3]);
  const sLength = der[5 + rLength];
  if (sLength === undefined || rLength + sLength + 6 !== der.length) return false;
  const r = der.subarray(4, 4 + rLength);
  const s = der.subarray(6 + rLength);
  if (der[2] !== INTEGER || der[4 + rLength] !== INTEGER) return false;
  if (!isMinimalPositive(r) || !isMinimalPositive(s)) return false;
  const value = s.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return value > 0n && value <= HALF_ORDER;
}

/** Not empty, not negative, no zero in front but where the next byte would look negative. */
function isMinimalPositive(integer: Uint8Array): boolean {
  const [first, second] = integer;
  if (first === undefined || first >= 0x80) return false;
  return !(first === 0 && second !== undefined && second < 0x80);
}
