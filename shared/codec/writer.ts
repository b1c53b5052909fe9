/** Bytes of a length in its shortest form. @source exos-l1.md 2.1 */
export function lengthSize(length: number): number {
  if (length < 0xfd) return 1;
  if (length <= 0xffff) return 3;
  return length <= 0xffff_ffff ? 5 : 9;
}

/**
 * Bytes in the order they are written. Lengths take their shortest form, numbers are little-endian
 * and wrap at their width. The buffer grows as needed; a right first guess saves the copies.
 */
export class Writer {
  #bytes: Uint8Array;
  #view: DataView;
  #offset = 0;

  constructor(sizeGuess = 256) {
    this.#bytes = new Uint8Array(sizeGuess);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#offset;
  }

  u8(value: number): this {
    const at = this.#advance(1);
    this.#view.setUint8(at, value);
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  /** Big-endian, as ports are. */
  u16be(value: number): this {
    const at = this.#advance(2);
    this.#view.setUint16(at, value, false);
    return this;
  }

  u32(value: number): this {
    const at = this.#advance(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  i32(value: number): this {
    return this.u32(value);
  }

  u64(value: bigint): this {
    const at = this.#advance(8);
    this.#view.setBigUint64(at, value, true);
    return this;
  }

  i64(value: bigint): this {
    return this.u64(value);
  }

  bytes(value: Uint8Array): this {
    const at = this.#advance(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  length(value: number): this {
    const size = lengthSize(value);
    if (size === 1) return this.u8(value);
    if (size === 3) {
      this.u8(0xfd);
      const at = this.#advance(2);
      this.#view.setUint16(at, value, true);
      return this;
    }
    return size === 5 ? this.u8(0xfe).u32(value) : this.u8(0xff).u64(BigInt(value));
  }

  byteString(value: Uint8Array): this {
    return this.length(value.length).bytes(value);
  }

  list<T>(items: readonly T[], writeItem: (item: T, writer: Writer) => void): this {
    this.length(items.length);
    for (const item of items) writeItem(item, this);
    return this;
  }

  /** Begin anew in the same buffer: what `finish` gave out before is overwritten. */
  restart(): this {
    this.#offset = 0;
    return this;
  }

  /** What was written: a view, so write nothing after it. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#offset);
  }

  /** Call it before naming the buffer: it may put another in its place. */
  #advance(byteCount: number): number {
    const start = this.#offset;
    this.#offset = start + byteCount;
    if (this.#offset > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#offset, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return start;
  }
}
