import type { Clock } from "#shared/ports/clock.ts";
import { patiently } from "./patiently.ts";

/** How a task ended. */
export interface LoadEnd {
  /** `undefined`: its process never began. */
  readonly exitCode: number | undefined;
  readonly reason: string;
}

/** What starting a city's loader needs. */
export interface LoadCityDeps {
  /** @param mark is found beside the task while it runs. @returns the task's ARN */
  run(command: readonly string[], mark?: string): Promise<string>;
  /** Loaders of the city that run. */
  running(): Promise<readonly { readonly task: string; readonly mark: string | undefined }[]>;
  /** @returns `undefined` while the task has not ended */
  ended(task: string): Promise<LoadEnd | undefined>;
  /** The generation of coins in use; `undefined`: the city has no tip. */
  generation(): Promise<number | undefined>;
  /** The mapping that starts `connect`. */
  readonly connect: {
    isOn(): Promise<boolean>;
    set(isOn: boolean): Promise<void>;
  };
  /** What is typed to go on where this was stopped. */
  readonly again: string;
  readonly clock: Pick<Clock, "sleep">;
  say(line: string): void;
}

/** What an operator asks for. */
export interface LoadOrder {
  /** The city forgets its chain, which ended elsewhere. */
  readonly refill: boolean;
  /** What else the program of the task is told. @param isRefill the city has no chain of its own */
  words?(isRefill: boolean): Promise<readonly string[]>;
}

/** What became of it. */
export type LoadCityOutcome =
  | { readonly state: "started"; readonly task: string }
  /** What a refill that was stopped had left off is on again, and no more was done. */
  | { readonly state: "connected" }
  /** The city is in use again; the task goes on, to confirm what it began with. */
  | { readonly state: "filled"; readonly task: string }
  | { readonly state: "ended"; readonly task: string; readonly end: LoadEnd };

/** What the container of the loader runs. */
export const LOAD_COMMAND = ["services/ingest/main.ts", "load"] as const;

const LOOK_MS = 15_000;
/** Beside a task that fills a city anew: the generation that was in use before. */
const MARK = /^refill-(\d+)$/;

interface Refill {
  readonly task: string;
  /** The generation that was in use, 0 for none. */
  readonly before: number;
}

/**
 * Start the loader of a city, which goes on by itself. A city that is filled anew has no tip for a
 * while: nothing may connect meanwhile, so its `connect` is off until it has a new one or the task has
 * ended, which is waited for. Stopped anywhere, it is called again: it takes that wait up, fills a city
 * that was left without a tip, or turns `connect` on where there is one.
 *
 * @throws StoreFault when the world failed; how to go on then was said
 * @source cloud.md 5.4
 */
export async function loadCity(
  { refill, words = async () => [] }: LoadOrder,
  deps: LoadCityDeps,
): Promise<LoadCityOutcome> {
  const { connect, say } = deps;
  const isOn = await connect.isOn();
  const left = isOn ? undefined : await findRefill(deps);
  if (left !== undefined) {
    say(`${left.task} fills the city already, and is waited for`);
    return untilFilled(left, deps);
  }
  const tip = await deps.generation();
  if (!isOn && tip !== undefined) {
    await turnOn(deps);
    return { state: "connected" };
  }
  const isRefill = refill || !isOn;
  const command = [...LOAD_COMMAND, ...(await words(isRefill))];
  if (!isRefill) return { state: "started", task: await deps.run(command) };
  const before = tip ?? 0;
  say(`connect goes off until the city is filled; if this is stopped before: ${deps.again}`);
  await connect.set(false);
  const task = await deps
    .run([...command, "--refill"], `refill-${before}`)
    .catch(async (cause: unknown) => {
      await connect.set(true);
      throw cause;
    });
  say(`started ${task}`);
  return untilFilled({ task, before }, deps);
}

async function findRefill({ running }: LoadCityDeps): Promise<Refill | undefined> {
  for (const { task, mark = "" } of await running()) {
    const before = MARK.exec(mark)?.[1];
    if (before !== undefined) return { task, before: Number(before) };
  }
  return undefined;
}

async function untilFilled({ task, before }: Refill, deps: LoadCityDeps): Promise<LoadCityOutcome> {
  const pause = (milliseconds: number) => deps.clock.sleep(milliseconds);
  const patient = <T>(ask: () => Promise<T>) => patiently(ask, { pause, say: deps.say });
  const hasEnded = () => patient(() => deps.ended(task));
  const isFilled = async () => ((await patient(() => deps.generation())) ?? 0) > before;
  let end = await hasEnded();
  while (end === undefined && !(await isFilled())) {
    await deps.clock.sleep(LOOK_MS);
    end = await hasEnded();
  }
  await turnOn(deps);
  return end === undefined ? { state: "filled", task } : { state: "ended", task, end };
}

async function turnOn({ connect, say }: LoadCityDeps): Promise<void> {
  await connect.set(true);
  say("connect is on again");
}
