import type { ScriptError } from "#shared/script/script-error.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { HashType } from "#shared/script/signature-hash.ts";

/** Half of the order of secp256k1's group, big-endian. @source SEC 2 version 2, 2.4.1 */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

const STRICT_DER = ScriptFlags.DERSIG | ScriptFlags.LOW_S | ScriptFlags.STRICTENC;

/** Whether these flags leave no room for a signature that is not strict DER. */
export function demandsStrictDer(flags: number): boolean {
  return (flags & STRICT_DER) !== 0;
}

/**
 * Whether a signature, with the byte of its hash type, is strict DER.
 *
 * @source BIP66; IsValidSignatureEncoding, bitcoin/bitcoin script/interpreter.cpp
 */
export function isStrictDer(signature: Uint8Array): boolean {
  const size = signature.length;
  if (size < 9 || size > 73) return false;
  if (signature[0] !== 0x30 || signature[1] !== size - 3) return false;
  const sizeR = Number(signature[3]);
  const sizeS = Number(signature[5 + sizeR]);
  if (sizeR + sizeS + 7 !== size) return false;
  return isStrictInteger(signature, 2, sizeR) && isStrictInteger(signature, 4 + sizeR, sizeS);
}

/** Tag, length, then the shortest form of a number that is not negative. */
function isStrictInteger(signature: Uint8Array, at: number, size: number): boolean {
  if (signature[at] !== 0x02 || size === 0) return false;
  const [first, second] = [Number(signature[at + 2]), Number(signature[at + 3])];
  if (first & 0x80) return false;
  return size === 1 || first !== 0 || (second & 0x80) !== 0;
}

/** Whether the s of a strict signature is at most half of the order, and not zero. */
function isLowS(signature: Uint8Array): boolean {
  const sizeR = Number(signature[3]);
  const s = signature.subarray(6 + sizeR, 6 + sizeR + Number(signature[5 + sizeR]));
  const value = s.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return value > 0n && value <= HALF_ORDER;
}

function isDefinedHashType(signature: Uint8Array): boolean {
  const type = Number(signature.at(-1)) & ~HashType.ANYONECANPAY;
  return type >= HashType.ALL && type <= HashType.SINGLE;
}

/**
 * What the flags hold against the form of a signature with its hash type. An empty one is allowed:
 * a short way to give an invalid signature.
 *
 * @source CheckSignatureEncoding, bitcoin/bitcoin script/interpreter.cpp
 */
export function checkSignatureEncoding(
  signature: Uint8Array,
  flags: number,
): ScriptError | undefined {
  if (signature.length === 0) return undefined;
  if (demandsStrictDer(flags) && !isStrictDer(signature)) return "SigDer";
  if ((flags & ScriptFlags.LOW_S) !== 0 && !isLowS(signature)) return "SigHighS";
  if ((flags & ScriptFlags.STRICTENC) !== 0 && !isDefinedHashType(signature)) return "SigHashType";
  return undefined;
}

/**
 * What the flags hold against the form of a key.
 *
 * @source CheckPubKeyEncoding, bitcoin/bitcoin script/interpreter.cpp
 */
export function checkPublicKeyEncoding(
  key: Uint8Array,
  flags: number,
  witness: boolean,
): ScriptError | undefined {
  const compressed = key.length === 33 && (key[0] === 2 || key[0] === 3);
  const known = compressed || (key.length === 65 && key[0] === 4);
  if ((flags & ScriptFlags.STRICTENC) !== 0 && !known) return "PubKeyType";
  if ((flags & ScriptFlags.WITNESS_PUBKEYTYPE) !== 0 && witness && !compressed) {
    return "WitnessPubkeyType";
  }
  return undefined;
}
