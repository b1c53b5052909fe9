import * as z from "zod";
import { fetchHere } from "#services/cli/cloud/fetch-here.ts";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";

/** Where emulators say how they are, in this order: MiniStack answers at LocalStack's path too. */
const HEALTH = [
  ["ministack", "/_ministack/health"],
  ["localstack", "/_localstack/health"],
] as const;
const HEALTHY = z.object({ services: z.record(z.string(), z.unknown()) });
const ANSWER_MS_MAX = 5_000;

/** Which emulator answers at an endpoint that somebody else started; `given`: none that is known here. */
export async function emulatorAt(url: string, signal: AbortSignal): Promise<LocalEndpoint["kind"]> {
  for (const [kind, path] of HEALTH) {
    if (await isHealthy(`${url}${path}`, signal)) return kind;
  }
  return "given";
}

async function isHealthy(url: string, signal: AbortSignal): Promise<boolean> {
  const soon = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  try {
    const { status, text } = await fetchHere(url, { signal: soon });
    return status === 200 && HEALTHY.safeParse(JSON.parse(text)).success;
  } catch {
    signal.throwIfAborted();
    // It has no such path, and says so in its own way.
    return false;
  }
}
