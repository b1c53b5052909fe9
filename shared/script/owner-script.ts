import { hash160 } from "#shared/crypto/hashes.ts";
import { coldStakingOf } from "#shared/script/classify-script.ts";
import { OP } from "#shared/script/opcodes.ts";
import { payToKeyHash } from "#shared/script/pay-to.ts";

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
  if (coldStaking !== undefined) return payToKeyHash(coldStaking.coldKeyHash);
  const length = KEY_SCRIPT_BYTES[script[0] ?? 0];
  if (script.length === length && script.at(-1) === OP.OP_CHECKSIG) {
    return payToKeyHash(hash160(script.subarray(1, -1)));
  }
  return script;
}
