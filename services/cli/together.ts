/** Something that goes on until its signal is aborted, then ends in good order. */
export type LongTask = (signal: AbortSignal) => Promise<void>;

/**
 * Run tasks side by side until the signal is aborted or one of them fails, which stops the others.
 *
 * @throws what the first one failed with, after all have ended
 */
export async function together(tasks: readonly LongTask[], signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const ended = await Promise.allSettled(
    tasks.map(async (task) => {
      try {
        await task(both);
      } catch (cause) {
        const first = !failed.signal.aborted;
        failed.abort(cause);
        if (first) throw cause;
      }
    }),
  );
  const broken = ended.find((task) => task.status === "rejected");
  if (broken !== undefined) throw broken.reason;
}
