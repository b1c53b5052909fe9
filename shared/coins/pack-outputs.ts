/**
 * How the outputs of one coin item lie in its attribute `o`: of each the value (i64), a form (u8),
 * and what the form leaves open. A function of the outputs alone, so anyone may write it again.
 *
 * @source cloud.md 3.2
 * @module
 */
import { DecodeFault } from "#shared/codec/reader.ts";
import { lengthSize, Writer } from "#shared/codec/writer.ts";
import { amount } from "#shared/primitives/brand.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";

/** Longer scripts always fail, so a store with a limit may keep their hash alone (form 6). */
export const SCRIPT_BYTES_MAX = 10_000;

const OP_RETURN = 0x6a;
/** A script that always fails, in place of one whose bytes the item does not hold. */
const ALWAYS_FAILS = Uint8Array.of(0xff);
const RAW = 0;
const NEVER = 5;
const HASHED = 6;

/** Where a value becomes bytes: a `Writer` for each of a block's outputs costs ten times as much. */
const WORD = new DataView(new ArrayBuffer(8));
const WORD_BYTES = new Uint8Array(WORD.buffer);

/** A script of fixed bytes, with gaps for hashes and keys. */
interface Template {
  /** Zero where a gap is. */
  readonly bytes: Uint8Array;
  readonly gaps: readonly { readonly at: number; readonly size: number }[];
  /** Bytes of all gaps. */
  readonly payload: number;
}

/** @param text bytes in hex, `*n` for a gap of n bytes */
function template(text: string): Template {
  const bytes: number[] = [];
  const gaps: { at: number; size: number }[] = [];
  for (const word of text.split(" ")) {
    if (!word.startsWith("*")) bytes.push(Number.parseInt(word, 16));
    else {
      const size = Number(word.slice(1));
      gaps.push({ at: bytes.length, size });
      bytes.push(...new Array<number>(size).fill(0));
    }
  }
  const payload = gaps.reduce((sum, { size }) => sum + size, 0);
  return { bytes: Uint8Array.from(bytes), gaps, payload };
}

/**
 * By form: P2PKH, P2SH, P2PK of a compressed key, cold staking.
 * @source exos-l1.md 5.5 for the last
 */
const TEMPLATES: readonly (Template | undefined)[] = [
  undefined,
  template("76 a9 14 *20 88 ac"),
  template("a9 14 *20 87"),
  template("21 *33 ac"),
  template("76 a9 7b 63 b9 14 *20 67 14 *20 68 88 ac"),
];

function fits(script: Uint8Array, { bytes, gaps }: Template): boolean {
  let at = 0;
  for (const gap of gaps) {
    for (; at < gap.at; at++) if (script[at] !== bytes[at]) return false;
    at += gap.size;
  }
  for (; at < bytes.length; at++) if (script[at] !== bytes[at]) return false;
  return true;
}

function formOf(script: Uint8Array): number {
  if (script[0] === OP_RETURN) return NEVER;
  for (let form = 1; form < TEMPLATES.length; form++) {
    const candidate = TEMPLATES[form];
    if (candidate?.bytes.length === script.length && fits(script, candidate)) return form;
  }
  return RAW;
}

/**
 * @param outputs at most eight: those of one item
 * @param hashLong SHA-256, where items have a size limit (form 6); without it scripts stay whole
 */
export function packOutputs(
  outputs: readonly TxOutput[],
  hashLong?: (script: Uint8Array) => Uint8Array,
): Uint8Array {
  const forms = outputs.map(({ scriptPubKey }) => {
    const form = formOf(scriptPubKey);
    const isLong = form === RAW && hashLong !== undefined && scriptPubKey.length > SCRIPT_BYTES_MAX;
    return isLong ? HASHED : form;
  });
  const packed = new Uint8Array(
    outputs.reduce((sum, output, at) => sum + sizeOf(output, forms[at]), 0),
  );
  let at = 0;
  for (let index = 0; index < outputs.length; index++) {
    const output = outputs[index];
    if (output !== undefined)
      at = writeOutput(packed, at, { output, form: forms[index] ?? RAW, hashLong });
  }
  return packed;
}

function sizeOf({ scriptPubKey }: TxOutput, form = RAW): number {
  const known = TEMPLATES[form];
  if (known !== undefined) return 9 + known.payload;
  if (form === NEVER) return 9;
  return 9 + lengthSize(scriptPubKey.length) + (form === HASHED ? 32 : scriptPubKey.length);
}

/** @returns where the next output goes */
function writeOutput(
  packed: Uint8Array,
  start: number,
  {
    output,
    form,
    hashLong,
  }: {
    readonly output: TxOutput;
    readonly form: number;
    readonly hashLong: ((script: Uint8Array) => Uint8Array) | undefined;
  },
): number {
  const script = output.scriptPubKey;
  WORD.setBigInt64(0, output.value, true);
  packed.set(WORD_BYTES, start);
  packed[start + 8] = form;
  let at = start + 9;
  const known = TEMPLATES[form];
  if (known !== undefined) {
    for (const gap of known.gaps) {
      for (let index = 0; index < gap.size; index++) packed[at++] = script[gap.at + index] ?? 0;
    }
    return at;
  }
  if (form === NEVER) return at;
  if (script.length < 0xfd) packed[at++] = script.length;
  else {
    const length = new Writer(5).length(script.length).finish();
    packed.set(length, at);
    at += length.length;
  }
  const payload = form === HASHED && hashLong !== undefined ? hashLong(script) : script;
  packed.set(payload, at);
  return at + payload.length;
}

/** Bytes of a length that begins here, and the length. @source exos-l1.md 2.1 */
function lengthAt(
  packed: Uint8Array,
  at: number,
): { readonly size: number; readonly length: number } {
  const first = packed[at] ?? 0;
  if (first < 0xfd) return { size: 1, length: first };
  const low = (packed[at + 1] ?? 0) | ((packed[at + 2] ?? 0) << 8);
  if (first === 0xfd) return { size: 3, length: low };
  const high = (packed[at + 3] ?? 0) | ((packed[at + 4] ?? 0) << 8);
  return { size: 5, length: low + high * 0x1_0000 };
}

/**
 * Where the output after this one begins. Walks plain bytes, because whole blocks of items are
 * walked so and a `Reader` for each costs more than the walk.
 *
 * @throws DecodeFault when the bytes were not written by `packOutputs`
 */
function afterOutput(packed: Uint8Array, at: number): number {
  const form = packed[at + 8] ?? 0xff;
  let end = at + 9;
  const known = TEMPLATES[form];
  if (known !== undefined) end += known.payload;
  else if (form === RAW || form === HASHED) {
    const { size, length } = lengthAt(packed, end);
    end += size + (form === RAW ? length : 32);
  } else if (form !== NEVER) throw new DecodeFault(`packed output has form ${form}`, at);
  if (end > packed.length) throw new DecodeFault("packed output is cut", at);
  return end;
}

function scriptAt(packed: Uint8Array, at: number): Uint8Array {
  const form = packed[at + 8] ?? 0;
  const known = TEMPLATES[form];
  if (known !== undefined) {
    const script = known.bytes.slice();
    let from = at + 9;
    for (const gap of known.gaps) {
      for (let index = 0; index < gap.size; index++) script[gap.at + index] = packed[from++] ?? 0;
    }
    return script;
  }
  if (form === HASHED) return ALWAYS_FAILS;
  const { size, length } = lengthAt(packed, at + 9);
  return packed.slice(at + 9 + size, at + 9 + size + length);
}

/**
 * One output out of its item, the bytes the caller's.
 *
 * @returns `undefined` when there is none at this slot, or none that can ever be spent
 * @throws DecodeFault when the bytes were not written by `packOutputs`
 */
export function unpackOutput(packed: Uint8Array, slot: number): TxOutput | undefined {
  let at = 0;
  for (let passed = 0; passed < slot && at < packed.length; passed++) at = afterOutput(packed, at);
  if (at >= packed.length) return undefined;
  afterOutput(packed, at);
  if (packed[at + 8] === NEVER) return undefined;
  for (let byte = 0; byte < 8; byte++) WORD_BYTES[byte] = packed[at + byte] ?? 0;
  return { value: amount(WORD.getBigInt64(0, true)), scriptPubKey: scriptAt(packed, at) };
}

/**
 * The same outputs with every script over 10,000 bytes as its hash (form 6): for a store whose
 * items have a size limit, whoever packed them.
 *
 * @param hash SHA-256
 * @throws DecodeFault as above
 * @source cloud.md 3.2
 */
export function shortenScripts(
  packed: Uint8Array,
  hash: (script: Uint8Array) => Uint8Array,
): Uint8Array {
  if (packed.length <= SCRIPT_BYTES_MAX) return packed;
  const shortened = new Writer(packed.length);
  for (let at = 0; at < packed.length; ) {
    const end = afterOutput(packed, at);
    const { size, length } = lengthAt(packed, at + 9);
    if (packed[at + 8] === RAW && length > SCRIPT_BYTES_MAX) {
      const head = packed.slice(at, at + 9 + size);
      head[8] = HASHED;
      shortened.bytes(head).bytes(hash(packed.subarray(at + 9 + size, end)));
    } else shortened.bytes(packed.subarray(at, end));
    at = end;
  }
  return shortened.finish();
}

/** Bit i is set when output i of the item can be spent at all. @throws DecodeFault as above */
export function spendableSlots(packed: Uint8Array): number {
  let slots = 0;
  let at = 0;
  for (let slot = 0; at < packed.length; slot++) {
    if (packed[at + 8] !== NEVER) slots |= 1 << slot;
    at = afterOutput(packed, at);
  }
  return slots;
}
