import type { AnswerReader, FunctionProcess } from "#services/cli/cloud/drive/function-process.ts";

/** The processes of one function: started when they are wanted, used again while they live. */
export interface FunctionPool extends AsyncDisposable {
  /**
   * Run the function; waits for a process that is free.
   *
   * @throws FunctionFailure
   * @throws whatever the start of a process throws, of this run alone
   * @throws FunctionThrottled at once, when it runs as often as it may
   */
  run(event: unknown, reader?: AnswerReader): Promise<unknown>;
}

/** A run that was refused, since there are as many as may be. */
export class FunctionThrottled extends Error {
  override readonly name = "FunctionThrottled";
}

export interface PoolLimits {
  /** At once. */
  readonly processesMax: number;
  /** Runs at once, those that wait among them; any number unless given. */
  readonly runsMax?: number | undefined;
}

export function createFunctionPool(
  start: () => FunctionProcess,
  { processesMax, runsMax = Number.POSITIVE_INFINITY }: PoolLimits,
): FunctionPool {
  let runs = 0;
  const all = new Set<FunctionProcess>();
  const idle: FunctionProcess[] = [];
  const waiting: ((process: FunctionProcess | Promise<FunctionProcess>) => void)[] = [];

  const take = (): FunctionProcess | Promise<FunctionProcess> => {
    for (let free = idle.pop(); free !== undefined; free = idle.pop()) {
      if (free.isAlive) return free;
      all.delete(free);
    }
    if (all.size < processesMax) return launch();
    return new Promise((resolve) => void waiting.push(resolve));
  };
  const launch = (): FunctionProcess => {
    const started = start();
    all.add(started);
    return started;
  };
  /** Told as a promise: whoever waited, and not whoever ran, hears of a start that fails. */
  const launchNext = async (): Promise<FunctionProcess> => launch();
  /** @param used nothing, where no process could be started */
  const giveBack = (used: FunctionProcess | undefined): void => {
    const free = used?.isAlive ? used : undefined;
    if (used !== undefined && free === undefined) all.delete(used);
    // Those that others use come back.
    if (free === undefined && all.size >= processesMax) return;
    const next = waiting.shift();
    if (next !== undefined) next(free ?? launchNext());
    else if (free !== undefined) idle.push(free);
  };
  return {
    async run(event, reader) {
      if (runs >= runsMax) throw new FunctionThrottled(`no more than ${runsMax} runs at once`);
      runs++;
      let taken: FunctionProcess | undefined;
      try {
        taken = await take();
        return await taken.run(event, reader);
      } finally {
        runs--;
        giveBack(taken);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...all].map((one) => one[Symbol.asyncDispose]()));
    },
  };
}
