import type { HeldMessage } from "#services/cli/cloud/rehearse/held-messages.ts";

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
 * The batches of a function that the driver lost with the process that had them, by its log: of each
 * what it held.
 *
 * @param name of the function, whole
 */
export function driverCuts(log: string, name: string): readonly (readonly HeldMessage[])[] {
  const lost = `^fault ${name}: .*its process ended; to come again: (.*)$`;
  return [...log.matchAll(new RegExp(lost, "gm"))].map(([, held = ""]) =>
    held.split(" ").map((message) => {
      const [id = "", attempt] = message.split(":");
      return { id, attempt: Number(attempt) };
    }),
  );
}

/** What each service was handed that had come before, each time once, by what handlers wrote. */
export function deliveredAgain(log: string): ReadonlyMap<string, readonly HeldMessage[]> {
  const found = [...log.matchAll(AGAIN)].map(([, service = "", id = "", attempt]) => ({
    service,
    delivery: { id, attempt: Number(attempt) },
  }));
  return new Map(
    [...Map.groupBy(found, ({ service }) => service)].map(([service, ones]) => [
      service,
      [...new Map(ones.map(({ delivery }) => [JSON.stringify(delivery), delivery])).values()],
    ]),
  );
}
