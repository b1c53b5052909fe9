import type { Height } from "#shared/primitives/brand.ts";

const OP_1 = 0x51;

/**
 * What a coinbase script begins with at a height: OP_0 to OP_16, or a minimal number with a direct
 * push.
 *
 * @source Op.GetPushOp, NBitcoin/Op.cs (EXOSFullNode e61c2e61); BIP34; exos-l1.md 4.4 rule 4
 */
export function heightPush(height: Height): Uint8Array {
  if (height === 0) return Uint8Array.of(0);
  if (height <= 16) return Uint8Array.of(OP_1 + height - 1);
  const bytes: number[] = [];
  for (let rest: number = height; rest > 0; rest = Math.floor(rest / 256)) {
    bytes.push(rest % 256);
    // The top bit of the last byte is a sign.
    if (rest >= 0x80 && rest < 0x100) bytes.push(0);
  }
  return Uint8Array.of(bytes.length, ...bytes);
}
