import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { MuHash } from "#shared/crypto/muhash.ts";
import { amount } from "#shared/primitives/brand.ts";
import { type CoinKey, chunkOf, SLOTS_PER_ITEM, txidOfKey } from "./coin-key.ts";
import type { SetChange } from "./set-change.ts";
import { type SetHashDialect, setHashElement } from "./set-hash.ts";
import type { SetTotals } from "./set-totals.ts";

/** Bytes of a finished set hash before its digest. */
const STATE_BYTES = 384;

/** Bytes that `encode` makes. Stores of before scripts were counted hold eight less. */
export const TOTALS_BYTES = 24 + STATE_BYTES;

/**
 * Coins, supply and set hash, brought forward by what enters and leaves. The hash is a quotient
 * until it is asked for, so a change costs one multiplication and no division.
 *
 * @source cloud.md 4.3 I8
 */
export class RunningTotals {
  readonly #dialect: SetHashDialect;
  readonly #hash: MuHash;
  #coins: number;
  #supply: bigint;
  #scriptBytes: number;

  private constructor(
    dialect: SetHashDialect,
    from: Pick<SetTotals, "coins" | "scriptBytes"> & {
      readonly supply: bigint;
      readonly hash: MuHash;
    },
  ) {
    this.#dialect = dialect;
    this.#coins = from.coins;
    this.#supply = from.supply;
    this.#scriptBytes = from.scriptBytes;
    this.#hash = from.hash;
  }

  /** Those of the empty set. */
  static empty(dialect: SetHashDialect): RunningTotals {
    return new RunningTotals(dialect, {
      coins: 0,
      supply: 0n,
      scriptBytes: 0,
      hash: new MuHash(),
    });
  }

  /** @param bytes as `encode` made them @throws DecodeFault when they are not */
  static decode(dialect: SetHashDialect, bytes: Uint8Array): RunningTotals {
    const reader = new Reader(bytes);
    const coins = Number(reader.u64());
    const supply = reader.i64();
    const hash = MuHash.from(reader.take(STATE_BYTES));
    return new RunningTotals(dialect, { coins, supply, scriptBytes: Number(reader.u64()), hash });
  }

  get coins(): number {
    return this.#coins;
  }

  add(key: CoinKey, { slot, added, coin }: SetChange): void {
    const txid = txidOfKey(key);
    const index = chunkOf(key) * SLOTS_PER_ITEM + slot;
    const element = setHashElement(this.#dialect, { txid, index }, coin);
    if (added) {
      this.#coins++;
      this.#supply += coin.value;
      this.#scriptBytes += coin.scriptPubKey.length;
      this.#hash.insert(element);
    } else {
      this.#coins--;
      this.#supply -= coin.value;
      this.#scriptBytes -= coin.scriptPubKey.length;
      this.#hash.remove(element);
    }
  }

  totals(): SetTotals {
    return {
      coins: this.#coins,
      supply: amount(this.#supply),
      scriptBytes: this.#scriptBytes,
      muhash: this.#hash.digest(),
    };
  }

  /** Finishes the quotient. */
  encode(): Uint8Array {
    const writer = new Writer(TOTALS_BYTES).u64(BigInt(this.#coins)).i64(this.#supply);
    // Last, where a program that does not count scripts leaves it unread.
    return writer.bytes(this.#hash.serialize()).u64(BigInt(this.#scriptBytes)).finish();
  }
}
