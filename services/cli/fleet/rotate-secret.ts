import type { Clock } from "#shared/ports/clock.ts";

/**
 * Where one secret stands: a value that is in use, and perhaps the next one, which is accepted beside
 * it. Every method may be repeated, and throws StoreFault when the world failed.
 */
export interface SecretPlace {
  /** City or part of the edge, for whoever watches. */
  readonly name: string;
  next(): Promise<string | undefined>;
  setNext(value: string): Promise<void>;
  /** Put the next value in the place of the present one, and forget the next. */
  promote(value: string): Promise<void>;
}

/** What a rotation runs on. */
export interface RotationDeps {
  /** Who checks: every city. */
  readonly checkers: readonly SecretPlace[];
  /** Who signs: the edge. Uses the value from the moment it is set. */
  readonly signer: { current(): Promise<string | undefined>; set(value: string): Promise<void> };
  readonly clock: Pick<Clock, "sleep">;
  /** 32 fresh random bytes, in hex. */
  create(): string;
  /**
   * Who checks besides and is not reached from here: nobody, or machines that were given the next
   * value, by the word of a person, or were not.
   */
  readonly others: "none" | "told" | "untold";
  say(line: string): void;
}

/** How a rotation ended. */
export type Rotation =
  | { readonly state: "done" }
  /** Everybody who is reached here accepts the next value; the others have to be given it. */
  | { readonly state: "others" };

/** Longer than readers keep a secret, and than the edge takes to spread one. @source cloud.md 9.3 */
export const SPREAD_MS = 360_000;

/**
 * Give everybody a new value without refusing a single caller: cities accept the next one beside the
 * present one, then the edge signs with it, then it becomes the present one. Killed anywhere and
 * begun again, it goes on with the value that is there.
 *
 * @source cloud.md 7.3, 9.3
 */
export async function rotateSecret(deps: RotationDeps): Promise<Rotation> {
  const { checkers, signer, clock, others, say } = deps;
  const waiting = await Promise.all(checkers.map((place) => place.next()));
  const value = waiting.find((next) => next !== undefined) ?? deps.create();
  for (const [at, place] of checkers.entries()) {
    if (waiting[at] !== value) await place.setNext(value);
    say(`${place.name} accepts the next key`);
  }
  if ((await signer.current()) !== value) {
    // What was made only now was given to nobody, whatever is said.
    const isNew = waiting.every((next) => next === undefined);
    if (others === "untold" || (others === "told" && isNew)) return { state: "others" };
    await clock.sleep(SPREAD_MS);
    await signer.set(value);
  }
  say("the edge signs with it");
  await clock.sleep(SPREAD_MS);
  for (const place of checkers) {
    await place.promote(value);
    say(`${place.name} accepts it alone`);
  }
  return { state: "done" };
}
