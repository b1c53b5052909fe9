/**
 * Id of the edge's origin that holds a city's streams of events, where a function of their own does.
 * By itself in its file: the edge's router takes it along.
 */
export function streamOriginId(code: string): string {
  return `${code}-events`;
}
