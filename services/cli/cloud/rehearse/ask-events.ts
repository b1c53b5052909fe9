import { fetchHere } from "#services/cli/cloud/fetch-here.ts";
import {
  CATCH_UP_MS_MAX,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";

/**
 * The function that streams answers at its own URL with the tip: where functions are driven from here,
 * as long as somebody listens; where an endpoint cannot stream, once.
 */
export async function askEvents(rehearsal: Rehearsal): Promise<void> {
  const { eventsUrl, state } = rehearsal.city;
  if (eventsUrl === undefined) return rehearsal.print("events     the city has no such function");
  const url = `${eventsUrl}/v1/events`;
  await (state().driven ? listen(rehearsal, url) : askOnce(rehearsal, url));
}

/** It answers as a city whose streams are all taken: one tip, and when to ask again. */
async function askOnce({ node, signal, print }: Rehearsal, url: string): Promise<void> {
  const { status, text } = await fetchHere(url, { signal });
  const tip = await node.tip();
  for (const piece of ["event: tip", tip, "event: bye"]) {
    if (text.includes(piece)) continue;
    throw rehearsalFailure(`events: ${status}, without "${piece}": ${text.slice(0, 300)}`);
  }
  print("events     one tip at the URL of the stream, then bye");
}

/** One stream tells the tip, and each block that is mined while it is read. */
async function listen({ node, signal, print }: Rehearsal, url: string): Promise<void> {
  const gone = new AbortController();
  const ends = AbortSignal.any([signal, gone.signal, AbortSignal.timeout(CATCH_UP_MS_MAX)]);
  const { status, body } = await fetch(url, { signal: ends });
  if (body === null) throw rehearsalFailure(`events: ${status}, and no stream`);
  const pieces = body.pipeThrough(new TextDecoderStream()).values();
  let told = "";
  const until = async (hash: string): Promise<number> => {
    const startedMs = performance.now();
    while (!told.includes(hash)) {
      const { value, done } = await pieces.next();
      if (done === true) {
        throw rehearsalFailure(`events: ${status}, without ${hash}: ${told.slice(0, 300)}`);
      }
      told += value;
    }
    return performance.now() - startedMs;
  };
  const firstMs = await until(await node.tip());
  const [mined = ""] = await node.mine(1);
  const nextMs = await until(mined);
  gone.abort();
  await pieces.return?.().catch(() => undefined);
  print(
    `events     the tip after ${secondsOf(firstMs)}, a new block on the same stream ${secondsOf(nextMs)} after it was mined`,
  );
}
