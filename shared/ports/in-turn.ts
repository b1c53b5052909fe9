/** Runs tasks in the order in which they came; one that fails lets the next begin. */
export type InTurn = <T>(task: () => Promise<T>) => Promise<T>;

/** A turn of its own for each task. */
export function oneAfterTheOther(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task, task);
    last = next;
    return next;
  };
}
