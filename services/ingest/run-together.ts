/** What goes on until the signal is aborted, or ends by itself, which ends the others too. */
export type LongTask = (signal: AbortSignal) => Promise<void>;

/** Run them until the first one ends. @throws what the first that failed threw, once all have ended */
export async function runTogether(tasks: readonly LongTask[], signal: AbortSignal): Promise<void> {
  const ending = new AbortController();
  const end = AbortSignal.any([signal, ending.signal]);
  const done = await Promise.allSettled(
    tasks.map((task) => task(end).finally(() => ending.abort())),
  );
  for (const outcome of done) if (outcome.status === "rejected") throw outcome.reason;
}
