import { concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { OP } from "#shared/script/opcodes.ts";
import { plainPush, pushNumber } from "#shared/script/push.ts";

/** Other names of opcodes, as the suites use them. */
const ALIASES: Readonly<Record<string, number>> = {
  CHECKLOCKTIMEVERIFY: OP.OP_CHECKLOCKTIMEVERIFY,
  NOP2: OP.OP_CHECKLOCKTIMEVERIFY,
  CLTV: OP.OP_CHECKLOCKTIMEVERIFY,
  NOP3: OP.OP_CHECKSEQUENCEVERIFY,
  CSV: OP.OP_CHECKSEQUENCEVERIFY,
};

/** Numbers up to 64 bits, which scripts can push but not compute with. */
function pushInteger(value: bigint): Uint8Array {
  if (value === BigInt(Number(value)) && Number.isSafeInteger(Number(value))) {
    return pushNumber(Number(value));
  }
  const bytes: number[] = [];
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 8n)
    bytes.push(Number(rest & 0xffn));
  if (Number(bytes.at(-1)) & 0x80) bytes.push(0);
  if (value < 0n) bytes.push(Number(bytes.pop()) | 0x80);
  return plainPush(Uint8Array.from(bytes));
}

function parseWord(word: string): Uint8Array {
  if (/^-?\d+$/.test(word)) return pushInteger(BigInt(word));
  if (word.startsWith("0x")) return hexToBytes(word.slice(2));
  if (word.startsWith("'")) return plainPush(utf8ToBytes(word.slice(1, -1)));
  const name = word.replace(/^OP_/, "");
  const code = ALIASES[name] ?? new Map(Object.entries(OP)).get(`OP_${name}`);
  if (code === undefined) throw new RangeError(`unknown word ${word}`);
  return Uint8Array.of(code);
}

/**
 * The script that a line of Bitcoin Core's suites describes: numbers and quoted text are pushed,
 * `0x` is taken as it is, names with or without `OP_` are opcodes.
 */
export function scriptOfAsm(text: string): Uint8Array {
  return concatBytes(...text.split(/\s+/).filter(Boolean).map(parseWord));
}
