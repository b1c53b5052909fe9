/** What `work` resolves to, or `late` once the time is over; the work is then left to itself. */
export async function withinTime<T>(work: Promise<T>, seconds: number, late: T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(late), seconds * 1000);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
