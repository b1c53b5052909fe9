import { hash160 } from "#shared/crypto/hashes.ts";

const OP_DUP = 0x76;
const OP_EQUALVERIFY = 0x88;
const OP_HASH160 = 0xa9;
const OP_CHECKSIG = 0xac;
const PUSH_20 = 0x14;

/** Bytes of a pay-to-public-key script, by its first byte: the push of a key. */
const KEY_SCRIPT_BYTES: Readonly<Record<number, number>> = { 33: 35, 65: 67 };

/** OP_DUP OP_HASH160 OP_ROT OP_IF OP_CHECKCOLDSTAKEVERIFY, a push; OP_ELSE, a push; the rest. */
const COLD_STAKE_HEAD = [OP_DUP, OP_HASH160, 0x7b, 0x63, 0xb9, PUSH_20] as const;
const COLD_STAKE_MIDDLE = [0x67, PUSH_20] as const;
const COLD_STAKE_TAIL = [0x68, OP_EQUALVERIFY, OP_CHECKSIG] as const;
const COLD_STAKE_BYTES = 51;
const COLD_KEY_OFFSET = 28;

function holds(script: Uint8Array, offset: number, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => script[offset + index] === byte);
}

function payToKeyHash(keyHash: Uint8Array): Uint8Array {
  return Uint8Array.of(OP_DUP, OP_HASH160, PUSH_20, ...keyHash, OP_EQUALVERIFY, OP_CHECKSIG);
}

function isColdStake(script: Uint8Array): boolean {
  return (
    script.length === COLD_STAKE_BYTES &&
    holds(script, 0, COLD_STAKE_HEAD) &&
    holds(script, COLD_KEY_OFFSET - 2, COLD_STAKE_MIDDLE) &&
    holds(script, COLD_KEY_OFFSET + 20, COLD_STAKE_TAIL)
  );
}

/**
 * The one script under which the index lists an owner: a key is the owner of what is paid to it, to
 * its hash, and to a cold-staking script that it may spend from. Any other script owns itself.
 *
 * @source ColdStakingScriptTemplate.cs (EXOSFullNode e61c2e61); exos-l1.md 5.5
 */
export function ownerScript(script: Uint8Array): Uint8Array {
  if (isColdStake(script)) {
    return payToKeyHash(script.subarray(COLD_KEY_OFFSET, COLD_KEY_OFFSET + 20));
  }
  const length = KEY_SCRIPT_BYTES[script[0] ?? 0];
  if (script.length === length && script.at(-1) === OP_CHECKSIG) {
    return payToKeyHash(hash160(script.subarray(1, -1)));
  }
  return script;
}
