import { OP } from "#shared/script/opcodes.ts";

/** The script that pays to the hash of a key. @param keyHash 20 bytes */
export function payToKeyHash(keyHash: Uint8Array): Uint8Array {
  const head = [OP.OP_DUP, OP.OP_HASH160, keyHash.length];
  return Uint8Array.of(...head, ...keyHash, OP.OP_EQUALVERIFY, OP.OP_CHECKSIG);
}

/** The script that pays to the hash of a script. @param scriptHash 20 bytes @source BIP16 */
export function payToScriptHash(scriptHash: Uint8Array): Uint8Array {
  return Uint8Array.of(OP.OP_HASH160, scriptHash.length, ...scriptHash, OP.OP_EQUAL);
}
