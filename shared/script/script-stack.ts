/** Items the reference's stack has room for before it first grows. */
const CAPACITY_FIRST = 16;

/** Whether these bytes count as true: any bit set, but for a lone sign. */
export function isTrue(item: Uint8Array): boolean {
  const last = item.length - 1;
  for (let index = 0; index < last; index++) if (item[index] !== 0) return true;
  return last >= 0 && item[last] !== 0 && item[last] !== 0x80;
}

/** The stack of a script. Depth 1 is the item on top. */
export class ScriptStack {
  readonly #items: Uint8Array[] = [];
  /** Most items that were ever on it. */
  #peak = 0;

  get length(): number {
    return this.#items.length;
  }

  /**
   * Whether the reference cannot take an item out of the middle: its array is exactly full, and it
   * reads one place too far. The array doubles from 16, and never shrinks.
   *
   * @source ContextStack.Remove, NBitcoin/ScriptEvaluationContext.cs (EXOSFullNode e61c2e61);
   *   exos-l1.md 5.4.3
   */
  get full(): boolean {
    const size = this.#items.length;
    return size === this.#peak && size >= CAPACITY_FIRST && (size & (size - 1)) === 0;
  }

  push(item: Uint8Array): void {
    this.#items.push(item);
    if (this.#items.length > this.#peak) this.#peak = this.#items.length;
  }

  /** @throws RangeError when the stack is empty: whoever pops asks for the length before */
  pop(): Uint8Array {
    const item = this.top(1);
    this.#items.pop();
    return item;
  }

  /** @throws RangeError beyond the bottom */
  top(depth: number): Uint8Array {
    const item = this.#items.at(-depth);
    if (item === undefined) throw new RangeError(`no item at depth ${depth}`);
    return item;
  }

  /** Takes the item at this depth out. */
  remove(depth: number): Uint8Array {
    const item = this.top(depth);
    this.#items.splice(-depth, 1);
    return item;
  }

  /** Puts an item below so many others. */
  insertBelow(count: number, item: Uint8Array): void {
    this.push(item);
    this.#items.pop();
    this.#items.splice(this.#items.length - count, 0, item);
  }

  /** Puts the item at this depth on top, taken out from where it was. */
  raise(depth: number): void {
    this.#items.push(this.remove(depth));
  }

  copy(): ScriptStack {
    const copy = new ScriptStack();
    copy.#items.push(...this.#items);
    copy.#peak = this.#peak;
    return copy;
  }

  clear(): void {
    this.#items.length = 0;
  }
}
