import type { Block } from "#shared/primitives/block.ts";

/** Bytes of a public key, by its first byte. */
const KEY_BYTES: Readonly<Record<number, number>> = { 2: 33, 3: 33, 4: 65, 6: 65, 7: 65 };

/**
 * The public key that signed a proof-of-stake block: of the coinstake's second output, which pays
 * it, or shows it after OP_RETURN where a cold-staking key signs.
 * @returns `undefined` for a block that carries no signature @source exos-l1.md 4.5
 */
export function signerOf({ signature, transactions }: Block): Uint8Array | undefined {
  const script = transactions[1]?.outputs[1]?.scriptPubKey;
  if (signature.length === 0 || script === undefined) return undefined;
  const pushAt = script[0] === 0x6a ? 1 : 0;
  const length = script[pushAt] ?? 0;
  const key = script.subarray(pushAt + 1, pushAt + 1 + length);
  return KEY_BYTES[key[0] ?? 0] === length && key.length === length ? key : undefined;
}
