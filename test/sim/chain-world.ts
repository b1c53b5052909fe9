import { addMarks, type CoinItem, type ItemMarks } from "#shared/coins/coin-item.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { FrozenGroup, FrozenIndex } from "#shared/coins/view.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { Dice } from "./chain-tree.ts";

/** One rule of chain state, broken on purpose. @source cloud.md 14.2 */
export const MUTANTS = [
  "slot",
  "early",
  "nocas",
  "eventual",
  "anyspend",
  "flagearly",
  "delete",
  "omit",
  "spillown",
  "belowfinal",
  "noreplay",
  "flagnogen",
] as const;
export type Mutant = (typeof MUTANTS)[number];

/** Heights frozen together, here. */
export const GROUP_BLOCKS = 4;

/** The tip as the shared table holds it: with the name of its writer. */
export interface WrittenTip {
  readonly tip: Tip;
  readonly by: number;
}

/** The answer to one request, once it is there. */
export interface Ticket<Answer = unknown> {
  done: boolean;
  answer: Answer | undefined;
  waiter: Actor | undefined;
}

/** What an actor waits for: some answers, or a number of steps. */
export type Wait = readonly Ticket[] | number;

/** Somebody who acts: a program that may be stopped for ever between any two of its requests. */
export interface Actor {
  readonly name: string;
  alive: boolean;
  program: Generator<Wait, void, void> | undefined;
  left: number;
  wakeAt: number;
}

interface Message {
  readonly sender: Actor;
  readonly ticket: Ticket;
  deliver(): unknown;
}

const LOST = 0.03;
const ANSWER_LOST = 0.03;
const DOUBLED = 0.05;

/** Per-item atomic operations and nothing else, over a network that delays, loses and doubles. */
export class World {
  readonly dice: Dice;
  readonly mutant: Mutant | undefined;
  readonly failures: string[] = [];
  readonly items: Map<CoinKey, CoinItem>[] = [new Map()];
  /** A copy that lags, for the mutant that reads from it. */
  readonly stale: Map<CoinKey, CoinItem>[] = [new Map()];
  readonly frozen = new Map<number, readonly HashHex[]>();
  readonly applied = new Map<HashHex, Set<number>>();
  written: WrittenTip | undefined;
  step = 0;
  doubles = 0;
  readonly #flying: Message[] = [];
  readonly #late = new Map<number, Message[]>();
  #calm = false;

  constructor(dice: Dice, mutant: Mutant | undefined) {
    this.dice = dice;
    this.mutant = mutant;
  }

  fail(message: string): void {
    if (this.failures.length < 20) this.failures.push(`step ${this.step}: ${message}`);
  }

  /** Nothing is lost any more. */
  calm(): void {
    this.#calm = true;
  }

  get isQuiet(): boolean {
    return this.#flying.length === 0;
  }

  /** Send a request; it is delivered at some later step, perhaps twice. */
  send<Answer>(sender: Actor, deliver: () => Answer): Ticket<Answer> {
    const ticket: Ticket<Answer> = { done: false, answer: undefined, waiter: undefined };
    const message: Message = { sender, ticket: ticket as Ticket, deliver };
    this.#flying.push(message);
    if (!this.#calm && this.dice.chance(DOUBLED)) this.#again(message);
    return ticket;
  }

  #again(message: Message): void {
    const due = this.step + 100 + this.dice.below(6_000);
    const others = this.#late.get(due);
    if (others === undefined) this.#late.set(due, [message]);
    else others.push(message);
  }

  /** Let one thing happen. */
  deliverOne(): void {
    this.step++;
    const late = this.#late.get(this.step);
    if (late !== undefined) {
      this.#late.delete(this.step);
      for (const message of late) this.#deliverLate(message);
    }
    const at = this.dice.below(this.#flying.length);
    const message = this.#flying[at];
    if (message === undefined) return;
    const luck = this.#calm ? 1 : this.dice.next();
    const isDelivered = luck >= LOST;
    const isAnswered = luck >= LOST + ANSWER_LOST;
    const answer = isDelivered ? message.deliver() : undefined;
    if (!isAnswered && message.sender.alive) return;
    this.#flying[at] = this.#flying.at(-1) ?? message;
    this.#flying.pop();
    if (isAnswered) this.#acknowledge(message, answer);
  }

  /** What was sent twice and has not come the second time comes now. */
  deliverAllLate(): void {
    for (const messages of this.#late.values()) for (const one of messages) this.#deliverLate(one);
    this.#late.clear();
  }

  #deliverLate(message: Message): void {
    this.doubles++;
    message.deliver();
  }

  #acknowledge({ ticket, sender }: Message, answer: unknown): void {
    if (ticket.done) return;
    ticket.done = true;
    ticket.answer = answer;
    if (ticket.waiter !== sender || !sender.alive) return;
    if (--sender.left === 0) this.resume(sender);
  }

  /** Run an actor to its next wait. */
  resume(actor: Actor): void {
    actor.wakeAt = Number.POSITIVE_INFINITY;
    for (;;) {
      const value = this.#next(actor);
      if (value === undefined) return;
      if (typeof value === "number") {
        actor.wakeAt = this.step + value;
        return;
      }
      const open = value.filter((ticket) => !ticket.done);
      if (open.length === 0) continue;
      actor.left = open.length;
      for (const ticket of open) ticket.waiter = actor;
      return;
    }
  }

  /** @returns what the actor waits for; `undefined` when it is at its end */
  #next(actor: Actor): Wait | undefined {
    try {
      const next = actor.program?.next();
      if (next?.done === false) return next.value;
    } catch (cause) {
      // An invariant that the pure functions assert. Anything else is a bug of this model.
      if (!(cause instanceof RangeError)) throw cause;
      this.fail(`${actor.name}: ${cause.message}`);
    }
    actor.alive = false;
    return undefined;
  }

  // What the tables do, each on one item, whole.

  addMarks(generation: number, marks: ItemMarks): void {
    const items = this.#table(this.items, generation);
    const before = items.get(marks.key);
    if (this.mutant === "eventual" && before !== undefined && this.dice.chance(0.5)) {
      this.#table(this.stale, generation).set(marks.key, before);
    } else this.#table(this.stale, generation).delete(marks.key);
    if (this.mutant !== "slot") {
      items.set(marks.key, addMarks(before, marks));
      return;
    }
    const fresh = addMarks(undefined, marks);
    const others = (before?.spends ?? []).map(({ mark, slots }) => ({
      mark,
      slots: slots & ~marks.spent,
    }));
    items.set(marks.key, {
      content: fresh.content ?? before?.content,
      creators: fresh.creators.length > 0 ? fresh.creators : (before?.creators ?? []),
      spends: [...others, ...fresh.spends],
    });
  }

  readItem(generation: number, key: CoinKey): CoinItem | undefined {
    if (this.mutant === "eventual") {
      const stale = this.#table(this.stale, generation).get(key);
      if (stale !== undefined) return stale;
    }
    return this.#table(this.items, generation).get(key);
  }

  deleteItem(generation: number, key: CoinKey): void {
    this.#table(this.items, generation).delete(key);
  }

  keysOf(generation: number): CoinKey[] {
    return [...this.#table(this.items, generation).keys()];
  }

  putFrozen({ group, hashes }: FrozenGroup): void {
    const known = this.frozen.get(group);
    if (known?.some((hash, at) => hash !== hashes[at])) {
      this.fail(`frozen group ${group} is written twice, differently`);
    }
    this.frozen.set(group, hashes);
  }

  isApplied(hash: HashHex, generation: number): boolean {
    const generations = this.applied.get(hash);
    return this.mutant === "flagnogen"
      ? generations !== undefined
      : (generations?.has(generation) ?? false);
  }

  setApplied(hash: HashHex, generation: number): void {
    const generations = this.applied.get(hash) ?? new Set();
    this.applied.set(hash, generations.add(generation));
  }

  /** What whoever judges the run sees: everything, at once. */
  get frozenIndex(): FrozenIndex {
    return { groupBlocks: GROUP_BLOCKS, get: (group) => this.frozen.get(group) };
  }

  #table(tables: Map<CoinKey, CoinItem>[], generation: number): Map<CoinKey, CoinItem> {
    const known = tables[generation];
    if (known !== undefined) return known;
    const made = new Map<CoinKey, CoinItem>();
    tables[generation] = made;
    return made;
  }
}
