import { toHex } from "#shared/primitives/hex.ts";
import { OP } from "#shared/script/opcodes.ts";
import { ScriptCursor } from "#shared/script/script-cursor.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { decodeScriptNumber, NUMBER_BYTES_MAX } from "#shared/script/script-number.ts";
import { checkSignatureEncoding } from "#shared/script/signature-encoding.ts";

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(OP).map(([name, code]) => [code, name]),
);

const HASH_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0x01, "ALL"],
  [0x81, "ALL|ANYONECANPAY"],
  [0x02, "NONE"],
  [0x82, "NONE|ANYONECANPAY"],
  [0x03, "SINGLE"],
  [0x83, "SINGLE|ANYONECANPAY"],
]);

function nameOf(code: number): string {
  if (code === OP.OP_1NEGATE) return "-1";
  if (code >= OP.OP_1 && code <= OP.OP_16) return String(code - OP.OP_1 + 1);
  return NAMES.get(code) ?? "OP_UNKNOWN";
}

/** Data of at most four bytes is shown as a number, longer data in hex. */
function printData(data: Uint8Array, sighash: boolean): string {
  const rules = { minimal: false, sizeMax: NUMBER_BYTES_MAX };
  const value = decodeScriptNumber(data, rules);
  if (value !== undefined) return String(value);
  const hashType = HASH_TYPE_NAMES.get(Number(data.at(-1)));
  const signature = sighash && checkSignatureEncoding(data, ScriptFlags.STRICTENC) === undefined;
  return signature && hashType !== undefined
    ? `${toHex(data.subarray(0, -1))}[${hashType}]`
    : toHex(data);
}

/**
 * A script in words, as Bitcoin Core's RPC prints it; `[error]` where a push is cut off.
 *
 * @param options with `sighash`, the hash type of what looks like a signature is spelled out: for
 *   scripts of inputs
 * @source ScriptToAsmStr, bitcoin/bitcoin core_write.cpp (25.0)
 */
export function toAsm(
  script: Uint8Array,
  options: { readonly sighash: boolean } = { sighash: false },
): string {
  const words: string[] = [];
  const cursor = new ScriptCursor(script);
  const sighash = options.sighash && script[0] !== OP.OP_RETURN;
  while (cursor.next()) {
    const { code, data } = cursor;
    words.push(data === undefined ? nameOf(code) : printData(data, sighash));
  }
  if (cursor.truncated) words.push("[error]");
  return words.join(" ");
}
