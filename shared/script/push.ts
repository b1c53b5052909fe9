import { OP } from "#shared/script/opcodes.ts";
import { encodeScriptNumber } from "#shared/script/script-number.ts";

/**
 * The operation that pushes these bytes by their length alone.
 *
 * @source CScript::operator<<, bitcoin/bitcoin script/script.h
 */
export function plainPush(data: Uint8Array): Uint8Array {
  const size = data.length;
  const head =
    size < OP.OP_PUSHDATA1
      ? [size]
      : size <= 0xff
        ? [OP.OP_PUSHDATA1, size]
        : size <= 0xffff
          ? [OP.OP_PUSHDATA2, size & 0xff, size >> 8]
          : [OP.OP_PUSHDATA4, size & 0xff, (size >> 8) & 0xff, (size >> 16) & 0xff, size >>> 24];
  const operation = new Uint8Array(head.length + size);
  operation.set(head);
  operation.set(data, head.length);
  return operation;
}

/** Opcode that pushes what one byte of data holds without carrying it, if there is one. */
function smallPush(data: Uint8Array): number | undefined {
  const value = data[0];
  if (value === undefined || data.length > 1) return undefined;
  if (value === 0x81) return OP.OP_1NEGATE;
  return value >= 1 && value <= 16 ? OP.OP_1 + value - 1 : undefined;
}

/**
 * The shortest operation that pushes these bytes: an opcode of its own for -1 and 1 to 16.
 *
 * @source Op.GetPushOp, NBitcoin/ScriptReader.cs (EXOSFullNode e61c2e61)
 */
export function canonicalPush(data: Uint8Array): Uint8Array {
  const small = smallPush(data);
  return small === undefined ? plainPush(data) : Uint8Array.of(small);
}

/** Pushes a number in its shortest form; a coinbase begins with its height so (BIP34). */
export function pushNumber(value: number): Uint8Array {
  return canonicalPush(encodeScriptNumber(value));
}

/** Whether this opcode is the shortest way to push these bytes. @source BIP62, rule 3 */
export function isMinimalPush(code: number, data: Uint8Array): boolean {
  if (smallPush(data) !== undefined) return false;
  const size = data.length;
  if (size < OP.OP_PUSHDATA1) return code === size;
  if (size <= 0xff) return code === OP.OP_PUSHDATA1;
  return size > 0xffff || code === OP.OP_PUSHDATA2;
}
