import { localUrlOf } from "#services/cli/cloud/ask-city.ts";
import { type Rehearsal, rehearsalFailure } from "#services/cli/cloud/rehearse/rehearsal.ts";

/**
 * The function that streams answers at its own URL with the tip. Where an endpoint cannot stream, it
 * answers as a city whose streams are all taken: one tip, and when to ask again.
 */
export async function askEvents({ city, node, signal, print }: Rehearsal): Promise<void> {
  const url = city.outputs["EventsUrl"];
  if (url === undefined) return print("events     the city has no function that streams");
  const answer = await fetch(`${localUrlOf(city.endpoint, url)}/v1/events`, { signal });
  const text = await answer.text();
  const tip = await node.tip();
  for (const piece of ["event: tip", tip, "event: bye"]) {
    if (text.includes(piece)) continue;
    throw rehearsalFailure(`events: ${answer.status}, without "${piece}": ${text.slice(0, 300)}`);
  }
  print("events     one tip at the URL of the stream, then bye");
}
