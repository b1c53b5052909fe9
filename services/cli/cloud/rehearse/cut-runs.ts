import type { HeldMessage } from "#services/cli/cloud/rehearse/held-messages.ts";

/** A run of a function whose process was killed before it had answered. */
export interface CutRun {
  /** Such as `check`. */
  readonly name: string;
  /** What it held, or where it was not alone, what runs held at that moment. */
  readonly held: readonly HeldMessage[];
  readonly isAlone: boolean;
}

/** What a handler writes, as JSON, of a message that came before. */
const AGAIN = /"msg":"delivered again","messageId":"([^"]+)","attempt":(\d+)/g;

/**
 * How many batches of a function MiniStack lost with the process that had them, by its log.
 *
 * @param name of the function, whole
 */
export function emulatorCuts(log: string, name: string): number {
  const lost = `ESM: Lambda ${name} failed processing SQS batch .*Worker process died`;
  return [...log.matchAll(new RegExp(lost, "g"))].length;
}

/**
 * What each batch of a function held that the driver lost with the process, by its log.
 *
 * @param name of the function, whole
 */
export function driverCuts(log: string, name: string): readonly (readonly HeldMessage[])[] {
  const lost = `^fault ${name}: .*its process ended; to come again: (.*)$`;
  return [...log.matchAll(new RegExp(lost, "gm"))].map(([, words = ""]) =>
    words.split(" ").map((word) => {
      const [id = "", attempt] = word.split(":");
      return { id, attempt: Number(attempt) };
    }),
  );
}

/** How often each message was received at last that was delivered again, by what handlers wrote. */
export function deliveredAgain(log: string): ReadonlyMap<string, number> {
  const attempts = new Map<string, number>();
  for (const [, id = "", attempt] of log.matchAll(AGAIN)) {
    attempts.set(id, Math.max(attempts.get(id) ?? 0, Number(attempt)));
  }
  return attempts;
}

/**
 * Whether what a run held when it was cut was delivered again: all of it, or where others held some
 * of it, what these did not handle.
 */
export function cameAgain(
  { held, isAlone }: CutRun,
  again: ReturnType<typeof deliveredAgain>,
): boolean {
  const came = ({ id, attempt }: HeldMessage) => (again.get(id) ?? 0) > attempt;
  return isAlone ? held.every(came) : held.some(came);
}
