import type { Clock } from "#shared/ports/clock.ts";

/** How a task ended. */
export interface LoadEnd {
  /** `undefined`: its process never began. */
  readonly exitCode: number | undefined;
  readonly reason: string;
}

/** What starting a city's loader needs. */
export interface LoadCityDeps {
  /** @returns the task's ARN */
  run(command: readonly string[]): Promise<string>;
  /** @returns `undefined` while the task has not ended */
  ended(task: string): Promise<LoadEnd | undefined>;
  /** The generation of coins in use; `undefined`: the city has no tip. */
  generation(): Promise<number | undefined>;
  /** The mapping that starts `connect`. */
  readonly connect: {
    set(isOn: boolean): Promise<void>;
    /** What a hand would type to turn it on. */
    readonly command: string;
  };
  readonly clock: Pick<Clock, "sleep">;
  say(line: string): void;
}

/** What an operator asks for. */
export interface LoadOrder {
  /** The city forgets its chain, which ended elsewhere. */
  readonly refill: boolean;
  /** What else the program of the task is told. */
  readonly words?: readonly string[];
}

/** What became of it. */
export type LoadCityOutcome =
  | { readonly state: "started"; readonly task: string }
  /** The city is in use again; the task goes on, to confirm what it began with. */
  | { readonly state: "filled"; readonly task: string }
  | { readonly state: "ended"; readonly task: string; readonly end: LoadEnd };

/** What the container of the loader runs. */
export const LOAD_COMMAND = ["services/ingest/main.ts", "load"] as const;

const LOOK_MS = 15_000;

/**
 * Start the loader of a city, which goes on by itself. A city that is filled anew has no tip for a
 * while: nothing may connect meanwhile, so its `connect` is off until it has a new one or the task has
 * ended, which is waited for.
 *
 * @throws StoreFault when the world failed; what is left off then was said
 * @source cloud.md 5.4
 */
export async function loadCity(
  { refill, words = [] }: LoadOrder,
  deps: LoadCityDeps,
): Promise<LoadCityOutcome> {
  const { connect, clock, say } = deps;
  const command = [...LOAD_COMMAND, ...words];
  if (!refill) return { state: "started", task: await deps.run(command) };
  const before = (await deps.generation()) ?? 0;
  await connect.set(false);
  say(`connect is off until the city is filled; if this is stopped before: ${connect.command}`);
  const task = await deps.run([...command, "--refill"]).catch(async (cause: unknown) => {
    await connect.set(true);
    throw cause;
  });
  say(`started ${task}`);
  const isFilled = async () => ((await deps.generation()) ?? 0) > before;
  let end = await deps.ended(task);
  while (end === undefined && !(await isFilled())) {
    await clock.sleep(LOOK_MS);
    end = await deps.ended(task);
  }
  await connect.set(true);
  say("connect is on again");
  return end === undefined ? { state: "filled", task } : { state: "ended", task, end };
}
