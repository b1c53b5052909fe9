import type { AnswerReader, FunctionProcess } from "#services/cli/cloud/drive/function-process.ts";

/** The processes of one function: started when they are wanted, used again while they live. */
export interface FunctionPool extends AsyncDisposable {
  /**
   * Run the function; waits for a process that is free.
   *
   * @throws FunctionFailure
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
  const waiting: ((process: FunctionProcess) => void)[] = [];

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
  const giveBack = (used: FunctionProcess): void => {
    const next = waiting.shift();
    if (!used.isAlive) all.delete(used);
    const free = used.isAlive || next === undefined ? used : launch();
    if (next !== undefined) next(free);
    else if (free.isAlive) idle.push(free);
  };
  return {
    async run(event, reader) {
      if (runs >= runsMax) throw new FunctionThrottled(`no more than ${runsMax} runs at once`);
      runs++;
      const taken = await take();
      try {
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
