const OP_RETURN = 0x6a;
const OP_CHECKSIG = 0xac;

/** How 33 bytes may be pushed: shortest form and the three with an explicit length. */
const PUSHES_OF_33 = [[0x21], [0x4c, 0x21], [0x4d, 0x21, 0], [0x4e, 0x21, 0, 0, 0]];

/**
 * The key that must sign a block, as output 1 of its coinstake names it: a payment to a key, or a
 * compressed key after OP_RETURN.
 *
 * The reference's template of a payment to a key never looks at the first byte, which should push
 * the key. Keys are taken by their form: that a point lies on the curve is the verifier's to say.
 *
 * @returns `undefined` when the script names none
 * @source StakeValidator.cs CheckStakeSignature, StandardScriptTemplate.cs PayToPubkeyTemplate
 *   (EXOSFullNode e61c2e61); exos-l1.md 4.3
 */
export function signingKey(script: Uint8Array): Uint8Array | undefined {
  if (script.length > 3 && script.at(-1) === OP_CHECKSIG) {
    const key = script.subarray(1, -1);
    if (isCompressedKey(key) || isLongKey(key)) return key;
  }
  if (script[0] !== OP_RETURN) return undefined;
  const push = PUSHES_OF_33.find((bytes) => bytes.every((byte, at) => script[1 + at] === byte));
  if (push === undefined) return undefined;
  const key = script.subarray(1 + push.length);
  return isCompressedKey(key) ? key : undefined;
}

function isCompressedKey(key: Uint8Array): boolean {
  return key.length === 33 && (key[0] === 2 || key[0] === 3);
}

function isLongKey(key: Uint8Array): boolean {
  return key.length === 65 && (key[0] === 4 || key[0] === 6 || key[0] === 7);
}
