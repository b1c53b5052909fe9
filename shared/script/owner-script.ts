import { hash160 } from "#shared/crypto/hashes.ts";
import { coldStakingOf } from "#shared/script/classify-script.ts";
import { OP } from "#shared/script/opcodes.ts";
import { payToKeyHash } from "#shared/script/pay-to.ts";

const HASH_BYTES = 20;
/** Where the hashes of the hot and the cold key stand in a cold-staking script. */
const HOT_AT = 6;
const COLD_AT = 28;

/** Bytes of a pay-to-public-key script, by its first byte: the push of a key. */
const KEY_SCRIPT_BYTES: Readonly<Record<number, number>> = { 33: 35, 65: 67 };

/**
 * The one script under which the index lists an owner: a key is the owner of what is paid to it, to
 * its hash, and to a cold-staking script that it may spend from. Any other script owns itself.
 *
 * @source ColdStakingScriptTemplate.cs (EXOSFullNode e61c2e61); exos-l1.md 5.5
 */
export function ownerScript(script: Uint8Array): Uint8Array {
  const coldStaking = coldStakingOf(script);
  if (coldStaking !== undefined) {
    const cold = coldStaking.coldKeyHash;
    return cold.every((byte) => byte === 0) ? script : payToKeyHash(cold);
  }
  const length = KEY_SCRIPT_BYTES[script[0] ?? 0];
  if (script.length === length && script.at(-1) === OP.OP_CHECKSIG) {
    return payToKeyHash(hash160(script.subarray(1, -1)));
  }
  return script;
}

/**
 * The script under which the index lists what a hot key stakes: the cold-staking script whose cold
 * key has the hash zero. No key has that hash, so nothing else is listed there.
 *
 * @param hotKeyHash 20 bytes
 */
export function stakerScript(hotKeyHash: Uint8Array): Uint8Array {
  const script = new Uint8Array(51);
  script.set([OP.OP_DUP, OP.OP_HASH160, OP.OP_ROT, OP.OP_IF, OP.OP_NOP10]);
  script[HOT_AT - 1] = HASH_BYTES;
  script.set(hotKeyHash, HOT_AT);
  script.set([OP.OP_ELSE, HASH_BYTES], COLD_AT - 2);
  script.set([OP.OP_ENDIF, OP.OP_EQUALVERIFY, OP.OP_CHECKSIG], COLD_AT + HASH_BYTES);
  return script;
}

/** The same for a script that a hot key stakes. @returns `undefined` for any other script */
export function stakerOf(script: Uint8Array): Uint8Array | undefined {
  const coldStaking = coldStakingOf(script);
  return coldStaking === undefined ? undefined : stakerScript(coldStaking.hotKeyHash);
}
