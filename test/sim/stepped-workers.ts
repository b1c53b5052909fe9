import { setImmediate } from "node:timers/promises";

/** A worker was taken down, or is one that somebody forgot about. */
export class WorkerDied extends Error {
  override readonly name = "WorkerDied";
}

/** A worker that waits at a call of a port. */
interface Waiting {
  readonly go: () => void;
  readonly die: () => void;
  /** Seconds until which it is frozen. */
  readonly frozenUntil: number;
}

/** One task that goes on call by call, when it is told to. */
export class SteppedWorker {
  #waiting: Waiting | undefined;
  #isDead = false;
  #frozenUntil = 0;
  #done: Promise<void> | undefined;

  /** Whether nothing runs in it. */
  get isIdle(): boolean {
    return this.#done === undefined;
  }

  isFrozen(nowSeconds: number): boolean {
    return this.#frozenUntil > nowSeconds;
  }

  /** Begin a task over ports that wait before each call. It may die at any of them. */
  async start(task: (worker: SteppedWorker) => Promise<void>): Promise<void> {
    this.#isDead = false;
    this.#frozenUntil = 0;
    this.#done = task(this).then(
      () => this.#end(),
      (cause: unknown) => {
        this.#end();
        if (!(cause instanceof WorkerDied)) throw cause;
      },
    );
    // A fault of ours ends the run of the simulation, which awaits what is left.
    this.#done.catch(() => undefined);
    await setImmediate();
  }

  /** Let it do one call. */
  async step(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.go();
    await setImmediate();
  }

  /** Take it down where it waits: the call it was about to make is never made. */
  async kill(): Promise<void> {
    this.#isDead = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.die();
    await setImmediate();
  }

  freeze(untilSeconds: number): void {
    this.#frozenUntil = untilSeconds;
  }

  /** The same ports, each call of which waits for its step. */
  behind<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return async (...input: unknown[]) => {
          await this.#turn();
          return member.apply(target, input) as unknown;
        };
      },
    });
  }

  /** Die here, whatever it does: what a poison block does to its worker. */
  collapse(): never {
    this.#isDead = true;
    throw new WorkerDied("out of memory");
  }

  #turn(): Promise<void> {
    if (this.#isDead) return Promise.reject(new WorkerDied("killed"));
    return new Promise((resolve, reject) => {
      const frozenUntil = this.#frozenUntil;
      const earlier = this.#waiting;
      // Calls that are made at once go on together, at one step.
      this.#waiting = {
        frozenUntil,
        go: () => {
          earlier?.go();
          resolve();
        },
        die: () => {
          earlier?.die();
          reject(new WorkerDied("killed"));
        },
      };
    });
  }

  #end(): void {
    this.#done = undefined;
    this.#waiting = undefined;
  }
}
