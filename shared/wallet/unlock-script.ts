import { hash160 } from "#shared/crypto/hashes.ts";
import { publicKeyOf, signDigest } from "#shared/crypto/sign-digest.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { classifyScript } from "#shared/script/classify-script.ts";
import type { Dialect } from "#shared/script/machine.ts";
import { OP } from "#shared/script/opcodes.ts";
import { plainPush } from "#shared/script/push.ts";
import { HashType, signatureHash } from "#shared/script/signature-hash.ts";
import type { ImportedKey } from "#shared/wallet/wallet-secret.ts";

/** Whether a coin is spent by its owner or staked by whoever may. */
export type Spending = "spend" | "stake";

/** One input of a transaction, whose scripts are still empty. */
export interface UnsignedInput {
  readonly tx: Transaction;
  readonly index: number;
  readonly scriptPubKey: Uint8Array;
}

/** What of a network a signature depends on. */
export interface SigningRules {
  readonly dialect: Dialect;
  readonly wire: { readonly transactionTime: boolean };
}

/**
 * What stands between the signature and the end of the script.
 *
 * @returns `undefined` when the key does not open the script
 * @source exos-l1.md 5.5
 */
function keyPart(
  scriptPubKey: Uint8Array,
  publicKey: Uint8Array,
  { dialect, how }: { readonly dialect: Dialect; readonly how: Spending },
): Uint8Array | undefined {
  const template = classifyScript(scriptPubKey, dialect);
  const keyHash = hash160(publicKey);
  if (template.kind === "p2pk") {
    return equalBytes(template.publicKey, publicKey) ? new Uint8Array(0) : undefined;
  }
  if (template.kind === "p2pkh") {
    return equalBytes(template.hash, keyHash) ? plainPush(publicKey) : undefined;
  }
  if (template.kind !== "coldstaking") return undefined;
  const owner = how === "stake" ? template.hotKeyHash : template.coldKeyHash;
  const branch = how === "stake" ? OP.OP_1 : OP.OP_0;
  return equalBytes(owner, keyHash) ? Uint8Array.of(branch, ...plainPush(publicKey)) : undefined;
}

/** Whether a key opens a coin's script in that way. */
export function opensScript(
  scriptPubKey: Uint8Array,
  publicKey: Uint8Array,
  what: { readonly dialect: Dialect; readonly how: Spending },
): boolean {
  return keyPart(scriptPubKey, publicKey, what) !== undefined;
}

/** What a signature of an input signs: everything, by the legacy rules. @source exos-l1.md 5.6 */
export function inputDigest(
  { tx, index, scriptPubKey }: UnsignedInput,
  rules: Pick<SigningRules, "wire">,
): Uint8Array {
  const context = { tx, index, scriptCode: scriptPubKey, hashType: HashType.ALL };
  return signatureHash(context, rules.wire.transactionTime);
}

/** A signature of an input's digest, without hash type, and whose it is. */
export interface InputSignature {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * The script that lets an input spend its coin, of a signature that was made elsewhere.
 *
 * @returns `undefined` when the key does not open the coin's script, or in that way may not
 */
export function scriptOfSignature(
  scriptPubKey: Uint8Array,
  { publicKey, signature }: InputSignature,
  what: { readonly dialect: Dialect; readonly how: Spending },
): Uint8Array | undefined {
  const rest = keyPart(scriptPubKey, publicKey, what);
  if (rest === undefined) return undefined;
  return Uint8Array.of(...plainPush(Uint8Array.of(...signature, HashType.ALL)), ...rest);
}

/**
 * The script that lets an input spend its coin: everything is signed, by the legacy rules.
 *
 * @returns `undefined` when the key does not open the coin's script, or in that way may not
 * @source exos-l1.md 5.5 to 5.7
 */
export function unlockScript(
  input: UnsignedInput,
  { secret, compressed }: ImportedKey,
  rules: SigningRules,
  how: Spending,
): Uint8Array | undefined {
  const publicKey = publicKeyOf(secret, compressed);
  const { scriptPubKey } = input;
  const what = { dialect: rules.dialect, how };
  if (!opensScript(scriptPubKey, publicKey, what)) return undefined;
  const signature = signDigest(inputDigest(input, rules), secret);
  return scriptOfSignature(scriptPubKey, { publicKey, signature }, what);
}
