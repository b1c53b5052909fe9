import type { WorkQueue } from "#shared/ports/work-queue.ts";

/** What a hostile queue does: probabilities of 0 to 1, and how it keeps time. */
export interface HostileQueueOptions {
  readonly dice: () => number;
  readonly nowSeconds: () => number;
  readonly lost: number;
  readonly doubled: number;
  readonly visibleSeconds: number;
  /** Deliveries after which a message is a dead letter. */
  readonly receivesMax: number;
  /** Under which id a message is dropped when it was sent within five minutes; none: never. */
  readonly idOf?: (text: string) => string;
}

/** One message, each time that it is handed over. */
export interface HostileMessage {
  readonly text: string;
  readonly group: string | undefined;
  receives: number;
  visibleAt: number;
  /** Deletions that the queue takes and forgets: it goes on delivering. */
  stubborn: number;
}

/** The same id within so many seconds is dropped, whatever became of the first. @source cloud.md 2 */
const DEDUPLICATION_SECONDS = 300;
/** One message in a while is delivered so often, though it was deleted each time. */
const STUBBORN_DELIVERIES = 30;
const STUBBORN_SHARE = 0.02;

/**
 * A queue that loses, doubles and reorders what it is given, drops what has an id of the last five
 * minutes even where that was lost, and delivers some messages thirty times.
 */
export class HostileQueue implements WorkQueue<object> {
  readonly #options: HostileQueueOptions;
  readonly #waiting = new Set<HostileMessage>();
  readonly #ids = new Map<string, number>();
  readonly count = { sent: 0, lost: 0, doubled: 0, dropped: 0, delivered: 0, dead: 0 };

  constructor(options: HostileQueueOptions) {
    this.#options = options;
  }

  async send(message: object, group?: string): Promise<void> {
    this.put(JSON.stringify(message), group);
  }

  /** Any text, also such as no sender of ours writes. */
  put(text: string, group?: string): void {
    const { dice, nowSeconds, idOf, lost, doubled } = this.#options;
    this.count.sent++;
    const id = idOf?.(text);
    const before = id === undefined ? undefined : this.#ids.get(id);
    if (before !== undefined && nowSeconds() - before < DEDUPLICATION_SECONDS) {
      this.count.dropped++;
      return;
    }
    if (id !== undefined) this.#ids.set(id, nowSeconds());
    if (dice() < lost) {
      this.count.lost++;
      return;
    }
    const copies = dice() < doubled ? 2 : 1;
    this.count.doubled += copies - 1;
    const stubborn = dice() < STUBBORN_SHARE ? STUBBORN_DELIVERIES : 0;
    for (let copy = 0; copy < copies; copy++) {
      this.#waiting.add({ text, group, receives: 0, visibleAt: nowSeconds(), stubborn });
    }
  }

  /** Any message that is visible, in no order. @returns `undefined` when none is */
  receive(): HostileMessage | undefined {
    const { dice, nowSeconds, visibleSeconds, receivesMax } = this.#options;
    const visible = [...this.#waiting].filter(({ visibleAt }) => visibleAt <= nowSeconds());
    const message = visible[Math.floor(dice() * visible.length)];
    if (message === undefined) return undefined;
    if (message.receives >= receivesMax && message.stubborn === 0) {
      this.#waiting.delete(message);
      this.count.dead++;
      return this.receive();
    }
    message.receives++;
    message.visibleAt = nowSeconds() + visibleSeconds;
    this.count.delivered++;
    return message;
  }

  delete(message: HostileMessage): void {
    if (message.stubborn > 0) {
      message.stubborn--;
      message.visibleAt = this.#options.nowSeconds();
    } else {
      this.#waiting.delete(message);
    }
  }

  /** Seconds at which the next message is visible; `undefined` when there is none. */
  get nextSeconds(): number | undefined {
    let next: number | undefined;
    for (const { visibleAt } of this.#waiting) next = Math.min(next ?? visibleAt, visibleAt);
    return next;
  }
}
