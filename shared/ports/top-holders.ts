import { compareBytes } from "#shared/primitives/bytes.ts";
import { HOLDERS_MAX, type Holder } from "./rich-list.ts";

interface Ranked {
  readonly holder: Holder;
  /** SHA-256 of the holder's script. */
  readonly key: Uint8Array;
}

/** @throws RangeError for a number of holders that no list has */
export function checkHoldersLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > HOLDERS_MAX) {
    throw new RangeError(`${limit} holders: 1 to ${HOLDERS_MAX} are listed`);
  }
}

/** The richest of all holders that come along, in a memory of as many as are wanted. */
export class TopHolders {
  readonly #limit: number;
  readonly #best: Ranked[] = [];

  constructor(limit: number) {
    checkHoldersLimit(limit);
    this.#limit = limit;
  }

  /** @param key SHA-256 of the holder's script; each holder comes once, with all that is its */
  offer(holder: Holder, key: Uint8Array): void {
    const offered = { holder, key };
    const last = this.#best.at(-1);
    const isFull = this.#best.length === this.#limit;
    if (holder.balance <= 0n || (isFull && last !== undefined && !isAbove(offered, last))) return;
    const place = this.#best.findIndex((one) => isAbove(offered, one));
    this.#best.splice(place < 0 ? this.#best.length : place, 0, offered);
    if (this.#best.length > this.#limit) this.#best.pop();
  }

  /** Richest first. */
  holders(): Holder[] {
    return this.#best.map(({ holder }) => holder);
  }
}

function isAbove(a: Ranked, b: Ranked): boolean {
  if (a.holder.balance !== b.holder.balance) return a.holder.balance > b.holder.balance;
  return compareBytes(a.key, b.key) < 0;
}
