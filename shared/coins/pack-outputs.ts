/**
 * How the outputs of one coin item lie in its attribute `o`: of each the value (i64), a form (u8),
 * and what the form leaves open. A function of the outputs alone, so anyone may write it again.
 *
 * @source cloud.md 3.2
 * @module
 */
import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
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

/** Fixed bytes of a script; -1 stands for a byte that is open. */
function template(text: string): readonly number[] {
  return text.split(" ").flatMap((word) => {
    if (word.startsWith("*")) return new Array<number>(Number(word.slice(1))).fill(-1);
    return [Number.parseInt(word, 16)];
  });
}

/**
 * By form: P2PKH, P2SH, P2PK of a compressed key, cold staking.
 * @source exos-l1.md 5.5 for the last
 */
const TEMPLATES: readonly (readonly number[])[] = [
  [],
  template("76 a9 14 *20 88 ac"),
  template("a9 14 *20 87"),
  template("21 *33 ac"),
  template("76 a9 7b 63 b9 14 *20 67 14 *20 68 88 ac"),
];
const GAP_BYTES = TEMPLATES.map((units) => units.filter((unit) => unit < 0).length);

function fits(script: Uint8Array, units: readonly number[]): boolean {
  if (script.length !== units.length) return false;
  for (let at = 0; at < units.length; at++) {
    const unit = units[at] ?? 0;
    if (unit >= 0 && script[at] !== unit) return false;
  }
  return true;
}

function formOf(script: Uint8Array): number {
  if (script[0] === OP_RETURN) return NEVER;
  if (script.length === 25) return fits(script, TEMPLATES[1] ?? []) ? 1 : RAW;
  if (script.length === 23) return fits(script, TEMPLATES[2] ?? []) ? 2 : RAW;
  if (script.length === 35) return fits(script, TEMPLATES[3] ?? []) ? 3 : RAW;
  return script.length === 51 && fits(script, TEMPLATES[4] ?? []) ? 4 : RAW;
}

/**
 * @param outputs at most eight: those of one item
 * @param hashLong SHA-256, where items have a size limit (form 6); without it scripts stay whole
 */
export function packOutputs(
  outputs: readonly TxOutput[],
  hashLong?: (script: Uint8Array) => Uint8Array,
): Uint8Array {
  const writer = new Writer(48 * outputs.length);
  for (const { value, scriptPubKey } of outputs) {
    const form = formOf(scriptPubKey);
    writer.i64(value);
    if (form === NEVER) writer.u8(NEVER);
    else if (form !== RAW) {
      writer.u8(form);
      const units = TEMPLATES[form] ?? [];
      for (let at = 0; at < units.length; at++)
        if (units[at] === -1) writer.u8(scriptPubKey[at] ?? 0);
    } else if (hashLong !== undefined && scriptPubKey.length > SCRIPT_BYTES_MAX) {
      writer.u8(HASHED).length(scriptPubKey.length).bytes(hashLong(scriptPubKey));
    } else writer.u8(RAW).byteString(scriptPubKey);
  }
  return writer.finish().slice();
}

function unpackTemplate(payload: Uint8Array, units: readonly number[]): Uint8Array {
  let taken = 0;
  return Uint8Array.from(units, (unit) => (unit >= 0 ? unit : (payload[taken++] ?? 0)));
}

/** Read one output, or pass over it. @throws DecodeFault when it is none */
function readOutput(reader: Reader, wanted: boolean): TxOutput | undefined {
  const at = reader.offset;
  const value = reader.i64();
  const form = reader.u8();
  if (form === NEVER) return undefined;
  if (form === RAW) {
    const script = reader.byteString();
    return wanted ? { value: amount(value), scriptPubKey: script.slice() } : undefined;
  }
  if (form === HASHED) {
    reader.take(reader.u8() === 0xfd ? 2 : 4);
    reader.take(32);
    return wanted ? { value: amount(value), scriptPubKey: ALWAYS_FAILS } : undefined;
  }
  const units = TEMPLATES[form];
  if (units === undefined) return reader.fail(`packed output has form ${form}`, at);
  const payload = reader.take(GAP_BYTES[form] ?? 0);
  return wanted
    ? { value: amount(value), scriptPubKey: unpackTemplate(payload, units) }
    : undefined;
}

/**
 * One output out of its item, the bytes the caller's.
 *
 * @returns `undefined` when there is none at this slot, or none that can ever be spent
 * @throws DecodeFault when the bytes were not written by `packOutputs`
 */
export function unpackOutput(packed: Uint8Array, slot: number): TxOutput | undefined {
  const reader = new Reader(packed);
  for (let at = 0; at < slot && reader.left > 0; at++) readOutput(reader, false);
  return reader.left > 0 ? readOutput(reader, true) : undefined;
}

/** Bit i is set when output i of the item can be spent at all. @throws DecodeFault as above */
export function spendableSlots(packed: Uint8Array): number {
  const reader = new Reader(packed);
  let slots = 0;
  for (let slot = 0; reader.left > 0; slot++) {
    if (readOutput(reader, true) !== undefined) slots |= 1 << slot;
  }
  return slots;
}
