import { parseLaxDer } from "#shared/crypto/parse-lax-der.ts";
import { type SignatureCheck, verifySignatures } from "#shared/crypto/verify-signatures.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { isKeyShaped } from "#shared/script/classify-script.ts";
import { findAndDelete } from "#shared/script/find-and-delete.ts";
import type { Digests, Machine, Operation } from "#shared/script/machine.ts";
import { OP } from "#shared/script/opcodes.ts";
import { canonicalPush, plainPush } from "#shared/script/push.ts";
import type { ScriptError } from "#shared/script/script-error.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import {
  checkPublicKeyEncoding,
  checkSignatureEncoding,
  demandsStrictDer,
} from "#shared/script/signature-encoding.ts";
import { signatureHash, witnessSignatureHash } from "#shared/script/signature-hash.ts";

/** Most keys of one multisignature. @source exos-l1.md 5.3 */
const KEYS_MAX = 20;

/** Most operations of one script that are no pushes; a multisignature counts its keys too. */
export const OPERATIONS_MAX = 201;

/** What signatures of one operation cover. */
interface ScriptCode {
  readonly code: Uint8Array;
  /** Whether a signature was found in it, and taken out. */
  readonly deleted: boolean;
}

/**
 * The script that signatures cover: from behind the last OP_CODESEPARATOR, without the signatures.
 *
 * Bitcoin takes out the plain push of each, and one zero for an empty one; the reference of EXOS
 * only the shortest push, and nothing for an empty one.
 *
 * @source exos-l1.md 5.4.5
 */
function scriptCodeOf(machine: Machine, signatures: readonly Uint8Array[]): ScriptCode {
  let code = machine.cursor.script.subarray(machine.codeStart);
  let deleted = false;
  if (machine.witness) return { code, deleted };
  const exos = machine.check.dialect === "exos";
  for (const signature of signatures) {
    if (exos && signature.length === 0) continue;
    const push = exos ? canonicalPush(signature) : plainPush(signature);
    const result = findAndDelete(code, push);
    code = result.script;
    deleted ||= result.count > 0;
  }
  return { code, deleted };
}

/**
 * Digests over a script code. Those over the script as it stands are kept for its next signatures:
 * a digest of a large transaction costs far more than the verification, and one script may ask two
 * hundred times.
 */
function digestsOf(machine: Machine, { code, deleted }: ScriptCode): Digests {
  if (deleted) return createDigests(machine, code);
  const { codeStart, digests } = machine;
  if (digests?.codeStart === codeStart) return digests.of;
  const of = createDigests(machine, code);
  machine.digests = { codeStart, of };
  return of;
}

function createDigests({ check, witness }: Machine, scriptCode: Uint8Array): Digests {
  const known = new Map<number, Hash256>();
  const timed = check.transactionTime ?? check.dialect === "exos";
  return (hashType) => {
    const cached = known.get(hashType);
    if (cached !== undefined) return cached;
    const context = { tx: check.tx, index: check.index, scriptCode, hashType };
    const digest = witness
      ? witnessSignatureHash(context, check.value)
      : signatureHash(context, timed);
    known.set(hashType, digest);
    return digest;
  };
}

/**
 * Whether the key made this signature.
 *
 * @returns `undefined` where the reference reads beyond the signature, and throws
 */
function isSigned(
  machine: Machine,
  { signature, publicKey }: { readonly signature: Uint8Array; readonly publicKey: Uint8Array },
  digests: Digests,
): boolean | undefined {
  const hashType = signature.at(-1);
  if (hashType === undefined) return false;
  const exos = machine.check.dialect === "exos";
  // The reference of EXOS leaves the hash type on, which a false length can reach.
  const parsed = parseLaxDer(exos ? signature : signature.subarray(0, -1));
  if (parsed === undefined) return false;
  const digest = digests(hashType);
  const verify = machine.check.verify ?? verifyAlone;
  if (verify({ publicKey, signature: parsed, digest })) return true;
  if (!exos || demandsStrictDer(machine.check.flags) || !isKeyShaped(publicKey)) return false;

  const again = readAgain(signature);
  if (again === undefined) return undefined;
  return verify({ publicKey, signature: again, digest });
}

const verifyAlone = (check: SignatureCheck) => verifySignatures([check])[0] === true;

/**
 * r‖s by the bytes where strict DER has their lengths, as an old OpenSSL read them. The reference
 * tries this when a signature failed; it changes nothing where strict DER is demanded.
 *
 * @returns `undefined` when they reach beyond the end
 * @source CheckSig, NBitcoin/ScriptEvaluationContext.cs (EXOSFullNode e61c2e61); exos-l1.md 5.4.4
 */
function readAgain(signature: Uint8Array): Uint8Array | undefined {
  const endR = 4 + Number(signature[3]);
  const startS = endR + 2;
  const endS = startS + Number(signature[endR + 1]);
  if (!(endS <= signature.length)) return undefined;
  const compact = new Uint8Array(64);
  const fits =
    putRight(compact.subarray(0, 32), signature.subarray(4, endR)) &&
    putRight(compact.subarray(32), signature.subarray(startS, endS));
  return fits ? compact : new Uint8Array(64);
}

/** Right-aligns a number. @returns whether it fits */
function putRight(target: Uint8Array, number: Uint8Array): boolean {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? number.subarray(0, 0) : number.subarray(first);
  if (digits.length > target.length) return false;
  target.set(digits, target.length - digits.length);
  return true;
}

function checkEncodings(
  machine: Machine,
  signature: Uint8Array,
  publicKey: Uint8Array,
): ScriptError | undefined {
  const { flags } = machine.check;
  return (
    checkSignatureEncoding(signature, flags) ??
    checkPublicKeyEncoding(publicKey, flags, machine.witness)
  );
}

function checkSignature(
  machine: Machine,
  errorIfFalse: ScriptError | undefined,
): ScriptError | undefined {
  const { stack } = machine;
  const publicKey = stack.top(1);
  const signature = stack.top(2);
  const scriptCode = scriptCodeOf(machine, [signature]);
  if (scriptCode.deleted && machine.has(ScriptFlags.CONST_SCRIPTCODE)) return "SigFindAndDelete";
  const malformed = checkEncodings(machine, signature, publicKey);
  if (malformed !== undefined) return malformed;

  const signed = isSigned(machine, { signature, publicKey }, digestsOf(machine, scriptCode));
  if (signed === undefined) return "UnknownError";
  if (!signed && machine.has(ScriptFlags.NULLFAIL) && signature.length > 0) return "NullFail";
  stack.pop();
  stack.pop();
  return machine.pushResult(signed, errorIfFalse);
}

/** What OP_CHECKMULTISIG finds on the stack: keys and signatures, last ones first. */
interface Multisig {
  readonly keys: readonly Uint8Array[];
  readonly signatures: readonly Uint8Array[];
}

/** Items from this depth on downwards. */
function itemsFrom(machine: Machine, depth: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => machine.stack.top(depth + index));
}

function readMultisig(machine: Machine): Multisig | ScriptError {
  const { stack } = machine;
  const keyCount = machine.number(1);
  if (keyCount === undefined) return "UnknownError";
  if (keyCount < 0 || keyCount > KEYS_MAX) return "PubkeyCount";
  machine.operations += keyCount;
  if (machine.operations > OPERATIONS_MAX) return "OpCount";
  if (stack.length < keyCount + 2) return "InvalidStackOperation";

  const signatureCount = machine.number(keyCount + 2);
  if (signatureCount === undefined) return "UnknownError";
  if (signatureCount < 0 || signatureCount > keyCount) return "SigCount";
  if (stack.length < keyCount + signatureCount + 2) return "InvalidStackOperation";
  return {
    keys: itemsFrom(machine, 2, keyCount),
    signatures: itemsFrom(machine, keyCount + 3, signatureCount),
  };
}

/** Matches signatures with keys, both in order, and stops as soon as too few keys are left. */
function matchSignatures(
  machine: Machine,
  { keys, signatures }: Multisig,
  digests: Digests,
): boolean | ScriptError {
  let matched = 0;
  for (const [position, publicKey] of keys.entries()) {
    const signature = signatures[matched];
    if (signature === undefined) return true;
    // Each key that is looked at must have a good form, so the order can be told from outside.
    const malformed = checkEncodings(machine, signature, publicKey);
    if (malformed !== undefined) return malformed;
    const signed = isSigned(machine, { signature, publicKey }, digests);
    if (signed === undefined) return "UnknownError";
    if (signed) matched++;
    if (signatures.length - matched > keys.length - position - 1) return false;
  }
  return true;
}

function checkMultisig(
  machine: Machine,
  errorIfFalse: ScriptError | undefined,
): ScriptError | undefined {
  const { stack } = machine;
  const multisig = readMultisig(machine);
  if (typeof multisig === "string") return multisig;
  const scriptCode = scriptCodeOf(machine, multisig.signatures);
  if (scriptCode.deleted && machine.has(ScriptFlags.CONST_SCRIPTCODE)) return "SigFindAndDelete";
  const signed = matchSignatures(machine, multisig, digestsOf(machine, scriptCode));
  if (typeof signed === "string") return signed;

  const filled = multisig.signatures.some((signature) => signature.length > 0);
  if (!signed && machine.has(ScriptFlags.NULLFAIL) && filled) return "NullFail";
  const items = multisig.keys.length + multisig.signatures.length + 2;
  for (let item = 0; item < items; item++) stack.pop();

  // One item more than needed is taken from the stack: a mistake that is consensus.
  if (stack.length < 1) return "InvalidStackOperation";
  if (machine.has(ScriptFlags.NULLDUMMY) && stack.top(1).length > 0) return "SigNullDummy";
  stack.pop();
  return machine.pushResult(signed, errorIfFalse);
}

function separate(machine: Machine): undefined {
  machine.codeStart = machine.cursor.offset;
  return undefined;
}

/** Signatures, and where the script begins that they cover. */
export const SIGNATURE_OPERATIONS: readonly (readonly [number, Operation])[] = [
  [OP.OP_CODESEPARATOR, { needs: 0, run: separate }],
  [OP.OP_CHECKSIG, { needs: 2, run: (machine) => checkSignature(machine, undefined) }],
  [OP.OP_CHECKSIGVERIFY, { needs: 2, run: (machine) => checkSignature(machine, "CheckSigVerify") }],
  [OP.OP_CHECKMULTISIG, { needs: 1, run: (machine) => checkMultisig(machine, undefined) }],
  [
    OP.OP_CHECKMULTISIGVERIFY,
    { needs: 1, run: (machine) => checkMultisig(machine, "CheckMultiSigVerify") },
  ],
];
