import type { Dialect } from "#shared/script/machine.ts";
import { OP } from "#shared/script/opcodes.ts";
import { ScriptCursor } from "#shared/script/script-cursor.ts";
import { decodeScriptNumber, NUMBER_BYTES_MAX } from "#shared/script/script-number.ts";

/** The shape of an output script. Keys and hashes are views of it. */
export type ScriptTemplate =
  | { readonly kind: "p2pk"; readonly publicKey: Uint8Array }
  | { readonly kind: "p2pkh"; readonly hash: Uint8Array }
  | { readonly kind: "p2sh"; readonly hash: Uint8Array }
  | {
      readonly kind: "multisig";
      readonly required: number;
      readonly publicKeys: readonly Uint8Array[];
    }
  | ColdStakingTemplate
  | { readonly kind: "nulldata"; readonly pushes: readonly Uint8Array[] }
  | WitnessTemplate
  | { readonly kind: "nonstandard" };

/** What a hot key may stake and a cold key may spend. Hashes are 20 bytes. */
export interface ColdStakingTemplate {
  readonly kind: "coldstaking";
  readonly hotKeyHash: Uint8Array;
  readonly coldKeyHash: Uint8Array;
}

/** A witness program, 2 to 40 bytes. @source BIP141 */
export interface WitnessTemplate {
  readonly kind: "witness";
  /** 0 to 16. */
  readonly version: number;
  readonly program: Uint8Array;
}

/** Most keys of one multisignature. */
const KEYS_MAX = 20;

/** `OP_HASH160 <20 bytes> OP_EQUAL`, exactly. @source BIP16 */
export function isPayToScriptHash(script: Uint8Array): boolean {
  return script.length === 23 && script[0] === 0xa9 && script[1] === 20 && script[22] === 0x87;
}

/**
 * Whether a script only pushes.
 *
 * To Bitcoin Core OP_RESERVED is a push and a push that is cut off is none; the reference of EXOS
 * holds the opposite of both.
 *
 * @source IsPushOnly, bitcoin/bitcoin script/script.cpp, and NBitcoin/Script.cs (EXOSFullNode
 *   e61c2e61); exos-l1.md 5.4.6
 */
export function isPushOnly(script: Uint8Array, dialect: Dialect): boolean {
  const cursor = new ScriptCursor(script);
  while (cursor.next()) {
    if (cursor.code > OP.OP_16) return false;
    if (cursor.code === OP.OP_RESERVED && dialect === "exos") return false;
  }
  return dialect === "exos" || !cursor.truncated;
}

/** Opcode of a small number to its value. @returns `undefined` for any other opcode */
function smallNumber(code: number | undefined): number | undefined {
  if (code === OP.OP_0) return 0;
  if (code === undefined || code < OP.OP_1 || code > OP.OP_16) return undefined;
  return code - OP.OP_1 + 1;
}

/** Most bytes of a script that is a witness program. */
const PROGRAM_SCRIPT_BYTES_MAX: Readonly<Record<Dialect, number>> = { exos: 34, bitcoin: 42 };

/**
 * The witness program that a script is; to the reference of EXOS one of 32 bytes at most.
 *
 * @source IsWitnessProgram, bitcoin/bitcoin script/script.cpp; PayToWitTemplate,
 *   NBitcoin/StandardScriptTemplate.cs (EXOSFullNode e61c2e61)
 */
export function witnessProgramOf(
  script: Uint8Array,
  dialect: Dialect,
): WitnessTemplate | undefined {
  if (script.length < 4 || script.length > PROGRAM_SCRIPT_BYTES_MAX[dialect]) return undefined;
  const version = smallNumber(script[0]);
  if (version === undefined || script[1] !== script.length - 2) return undefined;
  return { kind: "witness", version, program: script.subarray(2) };
}

/** Whether length and first byte are those of a key; the point is not looked at. */
export function isKeyShaped(key: Uint8Array): boolean {
  const tag = key[0];
  if (key.length === 33) return tag === 2 || tag === 3;
  return key.length === 65 && (tag === 4 || tag === 6 || tag === 7);
}

/** What the opcodes of small numbers push; OP_RESERVED, where it counts as a push, a zero. */
function pushOf({ code, data }: ScriptCursor): Uint8Array {
  return data ?? Uint8Array.of(code === OP.OP_1NEGATE ? 0x81 : code - OP.OP_RESERVED);
}

/** The pushes of a script. @returns `undefined` when it does anything else */
function pushesOf(script: Uint8Array, dialect: Dialect): Uint8Array[] | undefined {
  if (!isPushOnly(script, dialect)) return undefined;
  const cursor = new ScriptCursor(script);
  const pushes: Uint8Array[] = [];
  while (cursor.next()) pushes.push(pushOf(cursor));
  return cursor.truncated ? undefined : pushes;
}

/** The reference of EXOS takes anything for a key, and no key at all. */
function multisigOf(script: Uint8Array, dialect: Dialect): ScriptTemplate | undefined {
  if (script.at(-1) !== OP.OP_CHECKMULTISIG) return undefined;
  const [first, ...publicKeys] = pushesOf(script.subarray(0, -1), dialect) ?? [];
  const last = publicKeys.pop();
  if (first === undefined || last === undefined) return undefined;
  const rules = { minimal: false, sizeMax: NUMBER_BYTES_MAX };
  const required = decodeScriptNumber(first, rules);
  const counted = decodeScriptNumber(last, rules) === publicKeys.length;
  if (required === undefined || !counted || publicKeys.length > KEYS_MAX) return undefined;
  if (required < (dialect === "exos" ? 0 : 1) || required > publicKeys.length) return undefined;
  if (dialect === "bitcoin" && !publicKeys.every(isKeyShaped)) return undefined;
  return { kind: "multisig", required, publicKeys };
}

/**
 * The two keys of the one form of a cold-staking script.
 *
 * @source ColdStakingScriptTemplate.cs (EXOSFullNode e61c2e61); exos-l1.md 5.5
 */
export function coldStakingOf(script: Uint8Array): ColdStakingTemplate | undefined {
  const frame = [0x76, 0xa9, 0x7b, 0x63, 0xb9, 20];
  if (script.length !== 51 || frame.some((byte, index) => script[index] !== byte)) return undefined;
  if (script[26] !== OP.OP_ELSE || script[27] !== 20 || script[48] !== OP.OP_ENDIF) {
    return undefined;
  }
  if (script[49] !== OP.OP_EQUALVERIFY || script[50] !== OP.OP_CHECKSIG) return undefined;
  return {
    kind: "coldstaking",
    hotKeyHash: script.subarray(6, 26),
    coldKeyHash: script.subarray(28, 48),
  };
}

/** The reference of EXOS does not look at the push of the key. @source exos-l1.md 5.4.7 */
function keyOf(script: Uint8Array, dialect: Dialect): ScriptTemplate | undefined {
  const publicKey = script.subarray(1, -1);
  if (script.at(-1) !== OP.OP_CHECKSIG || !isKeyShaped(publicKey)) return undefined;
  const framed = script[0] === publicKey.length;
  return framed || dialect === "exos" ? { kind: "p2pk", publicKey } : undefined;
}

/** The reference of EXOS does not look at the OP_EQUALVERIFY. @source exos-l1.md 5.4.7 */
function keyHashOf(script: Uint8Array, dialect: Dialect): ScriptTemplate | undefined {
  const framed = script[0] === OP.OP_DUP && script[1] === OP.OP_HASH160 && script[2] === 20;
  if (script.length !== 25 || !framed || script[24] !== OP.OP_CHECKSIG) return undefined;
  const verified = script[23] === OP.OP_EQUALVERIFY;
  return verified || dialect === "exos"
    ? { kind: "p2pkh", hash: script.subarray(3, 23) }
    : undefined;
}

function nullDataOf(script: Uint8Array, dialect: Dialect): ScriptTemplate | undefined {
  if (script[0] !== OP.OP_RETURN) return undefined;
  const pushes = pushesOf(script.subarray(1), dialect);
  return pushes === undefined ? undefined : { kind: "nulldata", pushes };
}

/**
 * What an output script is. Decides names in answers, addresses and what a wallet knows; never
 * whether a script is fulfilled.
 *
 * @source StandardScripts.cs (EXOSFullNode e61c2e61); Solver, bitcoin/bitcoin script/standard.cpp
 */
export function classifyScript(script: Uint8Array, dialect: Dialect): ScriptTemplate {
  if (isPayToScriptHash(script)) return { kind: "p2sh", hash: script.subarray(2, 22) };
  return (
    keyHashOf(script, dialect) ??
    keyOf(script, dialect) ??
    witnessProgramOf(script, dialect) ??
    nullDataOf(script, dialect) ??
    multisigOf(script, dialect) ??
    (dialect === "exos" ? coldStakingOf(script) : undefined) ?? { kind: "nonstandard" }
  );
}
