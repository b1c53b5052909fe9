import { bech32, bech32m } from "@scure/base";

/** A witness program: version 0 to 16 and 2 to 40 bytes. */
export interface WitnessProgram {
  readonly version: number;
  readonly program: Uint8Array;
}

/** Longest address a checksum of six characters protects. @source BIP173 */
const TEXT_LENGTH_MAX = 90;

/** Version 0 uses the first checksum constant, every later one the second. @source BIP350 */
function coderOf(version: number): typeof bech32 {
  return version === 0 ? bech32 : bech32m;
}

/** @param prefix human-readable part, lower case */
export function encodeWitnessAddress(prefix: string, witness: WitnessProgram): string {
  const coder = coderOf(witness.version);
  return coder.encode(prefix, [witness.version, ...coder.toWords(witness.program)]);
}

/**
 * @returns `undefined` for another prefix, a wrong checksum, mixed case, or a program of a length
 *   that its version forbids
 * @source BIP173, BIP350
 */
export function decodeWitnessAddress(prefix: string, text: string): WitnessProgram | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  for (const coder of [bech32, bech32m]) {
    const decoded = coder.decodeUnsafe(text, TEXT_LENGTH_MAX);
    if (!decoded || decoded.prefix !== prefix) continue;
    const [version, ...words] = decoded.words;
    if (version === undefined || version > 16 || coderOf(version) !== coder) return undefined;
    const program = coder.fromWordsUnsafe(words);
    return program && isProgramLength(version, program.length) ? { version, program } : undefined;
  }
  return undefined;
}

/** @source BIP141: 2 to 40 bytes; version 0 is a key hash or a script hash */
function isProgramLength(version: number, length: number): boolean {
  if (version === 0) return length === 20 || length === 32;
  return length >= 2 && length <= 40;
}
