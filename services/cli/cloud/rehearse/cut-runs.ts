/** What a handler writes, as JSON, of a message that came before. */
const AGAIN = /"service":"([^"]+)".*"msg":"delivered again","messageId":"([^"]+)","attempt":(\d+)/g;

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
 * How many batches of a function the driver lost with the process that had them, by its log.
 *
 * @param name of the function, whole
 */
export function driverCuts(log: string, name: string): number {
  return [...log.matchAll(new RegExp(`^fault ${name}: .*its process ended; `, "gm"))].length;
}

/** How often each service was handed a message that had come before, by what handlers wrote. */
export function deliveredAgain(log: string): ReadonlyMap<string, number> {
  const found = [...log.matchAll(AGAIN)].map(([, service = "", id, attempt]) => ({
    service,
    delivery: `${id}:${attempt}`,
  }));
  return new Map(
    [...Map.groupBy(found, ({ service }) => service)].map(([service, ones]) => [
      service,
      new Set(ones.map(({ delivery }) => delivery)).size,
    ]),
  );
}
