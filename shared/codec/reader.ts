import type { Hash256 } from "#shared/primitives/brand.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/**
 * The bytes do not have the shape they claim. Ordinary from a hostile peer; never a bug of ours.
 */
export class DecodeFault extends Error {
  override readonly name = "DecodeFault";
  /** Where in the bytes, counted from their start. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`);
    this.offset = offset;
  }
}

/** What a reader takes for a length. */
export interface LengthRules {
  /** Most items in a list, and most bytes in a byte string. */
  readonly max: number;
  /** Whether a length may be written longer than it needs. */
  readonly longForms: boolean;
}

/** @source exos-l1.md 2.1; MaxArraySize, NBitcoin/BitcoinStream.cs (EXOSFullNode e61c2e61) */
const EXOS_LENGTHS: LengthRules = { max: 1_048_576, longForms: true };

/** @source ReadCompactSize and MAX_SIZE, bitcoin/bitcoin serialize.h (25.0) */
const BITCOIN_LENGTHS: LengthRules = { max: 0x0200_0000, longForms: false };

/** A wire whose transactions carry no time is Bitcoin's, and read by Bitcoin Core's rules. */
export function lengthRulesOf(wire: Pick<WireFormat, "transactionTime">): LengthRules {
  return wire.transactionTime ? EXOS_LENGTHS : BITCOIN_LENGTHS;
}

/**
 * A cursor over untrusted bytes, and the only place that touches a `DataView`. Every length is
 * checked against the bytes that are left before anything is allocated. Byte strings come back as
 * views of the input: copy what outlives it. Each method throws `DecodeFault` when the bytes run
 * out.
 */
export class Reader {
  #offset = 0;
  #longForms = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #lengths: LengthRules;

  constructor(bytes: Uint8Array, lengths: LengthRules = EXOS_LENGTHS) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#lengths = lengths;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Lengths so far that were written longer than needed: what holds one is not canonical. */
  get longForms(): number {
    return this.#longForms;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Any byte but zero is true. */
  bool(): boolean {
    return this.u8() !== 0;
  }

  /** Big-endian, as ports are. */
  u16be(): number {
    return this.#view.getUint16(this.#advance(2), false);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  /** Signed, so that a negative amount reaches the rule that names it. */
  i64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true);
  }

  hash(): Hash256 {
    return this.take(32) as Hash256;
  }

  /** A view of the next `byteCount` bytes. */
  take(byteCount: number): Uint8Array {
    const start = this.#advance(byteCount);
    return this.#bytes.subarray(start, start + byteCount);
  }

  /** A view of what was read between two offsets. */
  slice(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from, to);
  }

  /** A length, then so many bytes: a view. */
  byteString(): Uint8Array {
    return this.take(this.#lengthWithin(1));
  }

  /**
   * A length, then so many items.
   *
   * @param itemBytesMin fewest bytes one item can take, which bounds the count before allocation
   * @param countMax most items, where fewer are allowed than anywhere
   */
  list<T>(itemBytesMin: number, readItem: (reader: Reader) => T, countMax?: number): T[] {
    const at = this.#offset;
    const count = this.#lengthWithin(itemBytesMin);
    if (countMax !== undefined && count > countMax) this.fail(`more than ${countMax} items`, at);
    const items: T[] = [];
    for (let index = 0; index < count; index++) items.push(readItem(this));
    return items;
  }

  /** How many items a list says that it has, which nothing has checked. */
  count(): number {
    return this.#length();
  }

  /** Refuses what was read from `offset` on. */
  fail(message: string, offset: number): never {
    throw new DecodeFault(message, offset);
  }

  #lengthWithin(itemBytesMin: number): number {
    const at = this.#offset;
    const length = this.#length();
    if (length > this.#lengths.max || length * itemBytesMin > this.left) {
      this.fail(`length ${length} exceeds the ${this.left} bytes left or the limit`, at);
    }
    return length;
  }

  /** CompactSize. @source exos-l1.md 2.1 */
  #length(): number {
    const at = this.#offset;
    const first = this.u8();
    if (first < 0xfd) return first;

    // Beyond 2^53 this rounds, which does not matter: every limit is far below.
    const [value, least] =
      first === 0xfd
        ? [this.#view.getUint16(this.#advance(2), true), 0xfd]
        : first === 0xfe
          ? [this.u32(), 0x1_0000]
          : [Number(this.u64()), 0x1_0000_0000];
    if (value < least) {
      if (!this.#lengths.longForms) this.fail("length is written longer than needed", at);
      this.#longForms++;
    }
    return value;
  }

  #advance(byteCount: number): number {
    const start = this.#offset;
    if (byteCount > this.#bytes.length - start) {
      this.fail(`${byteCount} bytes wanted, ${this.#bytes.length - start} left`, start);
    }
    this.#offset = start + byteCount;
    return start;
  }
}
