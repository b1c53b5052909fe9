import { OP } from "#shared/script/opcodes.ts";

const NO_BYTES = new Uint8Array(0);

/** Walks the operations of a script. After `next` answered true, `code` is the opcode. */
export class ScriptCursor {
  code = 0;
  /** Where the next operation begins. */
  offset = 0;
  readonly script: Uint8Array;
  /** Where the bytes that are pushed begin; negative where none are. */
  #start = -1;
  #end = -1;

  constructor(script: Uint8Array) {
    this.script = script;
  }

  /**
   * What the operation pushes, `undefined` for every opcode above OP_PUSHDATA4: a view, made when
   * it is asked for, since whoever only counts operations does not.
   */
  get data(): Uint8Array | undefined {
    if (this.#start < 0) return undefined;
    return this.#start === this.#end ? NO_BYTES : this.script.subarray(this.#start, this.#end);
  }

  /** Whether what is left is a push of more bytes than there are. Ask after `next` said no. */
  get truncated(): boolean {
    return this.offset < this.script.length;
  }

  /** @returns false at the end, and before a push that promises more bytes than are left */
  next(): boolean {
    const { script, offset } = this;
    const code = script[offset];
    if (code === undefined) return false;
    if (code > OP.OP_PUSHDATA4) {
      this.code = code;
      this.#start = -1;
      this.offset = offset + 1;
      return true;
    }

    let start = offset + 1;
    let size: number = code;
    if (code >= OP.OP_PUSHDATA1) {
      const sizeBytes = 1 << (code - OP.OP_PUSHDATA1);
      size = 0;
      for (let index = sizeBytes - 1; index >= 0; index--) {
        // Past the end this is NaN, and so is every sum with it: no comparison below holds.
        size = size * 256 + Number(script[start + index]);
      }
      start += sizeBytes;
    }
    if (!(start + size <= script.length)) return false;
    this.code = code;
    this.#start = start;
    this.#end = start + size;
    this.offset = this.#end;
    return true;
  }
}
