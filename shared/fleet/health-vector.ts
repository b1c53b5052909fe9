/**
 * Name of one watcher's vector in the edge's store. Each writes its own, so two that see different
 * cities never write over each other; a city is in rotation while no watcher leaves it out that
 * the router hears (`services/web/edge/viewer-request.ts`).
 * @param watcher three letters of the city that watches
 */
export function healthVectorKey(watcher: string): string {
  return `vector-${watcher}`;
}

const BIT = /([a-z]{3})([01])/g;
const VECTOR = /^(?:[a-z]{3}[01])*$/;

/**
 * Which cities are in rotation, as the edge's store holds it: three letters and one bit each, such
 * as `syd1lon0`. It names its cities, so a router of another release reads it right.
 * @source cloud.md 7.3
 */
export function encodeHealthVector(healthy: ReadonlyMap<string, boolean>): string {
  let text = "";
  healthy.forEach((isHealthy, code) => {
    text += code + (isHealthy ? "1" : "0");
  });
  return text;
}

/**
 * The cities that a vector leaves out of rotation. Whoever it does not name is in: a city is taken
 * out by being found unready, never by being unknown.
 *
 * @returns codes; none for a text of another form, so that a broken entry stops nobody
 */
export function parseHealthVector(text: string): readonly string[] {
  const out: string[] = [];
  if (!VECTOR.test(text)) return out;
  text.replace(BIT, (whole, code: string, bit: string) => {
    if (bit === "0") out.push(code);
    return whole;
  });
  return out;
}
