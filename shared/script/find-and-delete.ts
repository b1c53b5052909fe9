import { OP } from "#shared/script/opcodes.ts";
import { ScriptCursor } from "#shared/script/script-cursor.ts";

/** A script without some of its bytes, and how many times something was taken out. */
interface Deletion {
  readonly script: Uint8Array;
  readonly count: number;
}

/** What is left when these spans, ascending and apart, are taken out. */
function withoutSpans(script: Uint8Array, starts: readonly number[], size: number): Uint8Array {
  if (starts.length === 0) return script;
  const left = new Uint8Array(script.length - starts.length * size);
  let to = 0;
  let from = 0;
  for (const start of [...starts, script.length]) {
    left.set(script.subarray(from, start), to);
    to += start - from;
    from = start + size;
  }
  return left;
}

function standsAt(script: Uint8Array, operation: Uint8Array, offset: number): boolean {
  for (let index = 0; index < operation.length; index++) {
    if (script[offset + index] !== operation[index]) return false;
  }
  return true;
}

/**
 * Takes an operation out wherever one begins; the same view when there is none. Bytes that only
 * look like it inside of a push stay.
 *
 * @source FindAndDelete, bitcoin/bitcoin script/interpreter.cpp
 */
export function findAndDelete(script: Uint8Array, operation: Uint8Array): Deletion {
  const starts: number[] = [];
  const cursor = new ScriptCursor(script);
  do {
    while (standsAt(script, operation, cursor.offset)) {
      starts.push(cursor.offset);
      cursor.offset += operation.length;
    }
  } while (cursor.next());
  return { script: withoutSpans(script, starts, operation.length), count: starts.length };
}

/** The script without OP_CODESEPARATOR; the same view when there is none. */
export function withoutCodeSeparators(script: Uint8Array): Uint8Array {
  if (!script.includes(OP.OP_CODESEPARATOR)) return script;
  return findAndDelete(script, Uint8Array.of(OP.OP_CODESEPARATOR)).script;
}
