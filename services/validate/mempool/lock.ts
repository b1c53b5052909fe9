/** Runs tasks one after the other, in the order they came; a task that fails lets the next begin. */
export type Lock = <T>(task: () => Promise<T>) => Promise<T>;

export function createLock(): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task);
    // Whoever asked for the task hears of its failure; the next one only waits for its end.
    last = run.catch(() => undefined);
    return run;
  };
}
