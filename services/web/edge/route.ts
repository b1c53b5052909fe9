/** A city as the router knows it. */
export interface EdgeCity {
  /** Three lower-case letters; also the name of its origin. */
  readonly code: string;
  /** Decimal degrees, north and east positive. */
  readonly latitude: number;
  readonly longitude: number;
}

/** What is asked, and from where. */
export interface EdgeQuestion {
  /** Decimal degrees; NaN where the edge does not know. */
  readonly latitude: number;
  readonly longitude: number;
  /** Codes of cities that are out of rotation. */
  readonly out: readonly string[];
  readonly method: string;
  /** As the viewer sent it, without a port. */
  readonly host: string;
  readonly path: string;
}

/** Where a request goes. */
export interface EdgeRoute {
  /** Codes of the cities to ask, in this order: one, or a second for when the first fails. */
  readonly cities: readonly string[];
  /** The path to ask for. Of a pinned request it begins with `/c/<city>`, so caches tell it apart. */
  readonly path: string;
}

const PINNED_PATH = /^\/c\/([a-z]{3})(?:\/|$)/;
const PINNED_HOST = /^([a-z]{3})\./;
const RADIANS = Math.PI / 180;

/**
 * The city that answers: the one that the path or the host pins, healthy or not; else the nearest
 * healthy one by great circle, and for what only reads the second nearest after it. Where all are
 * out of rotation, all are in: an answer with its reasons is better than none.
 *
 * Runs as a CloudFront Function: nothing here may need more than that runtime has.
 * @param cities in the order of preference where nobody knows the place; at least one
 * @source cloud.md 7.3
 */
export function route(question: EdgeQuestion, cities: readonly EdgeCity[]): EdgeRoute {
  const path = question.path;
  const byPath = known(PINNED_PATH.exec(path), cities);
  if (byPath !== undefined) return { cities: [byPath], path: path };
  const byHost = known(PINNED_HOST.exec(question.host.toLowerCase()), cities);
  if (byHost !== undefined) return { cities: [byHost], path: `/c/${byHost}${path}` };

  const near = byDistance(question, cities);
  const healthy = near.filter((code) => question.out.indexOf(code) < 0);
  const chosen = healthy.length === 0 ? near : healthy;
  const reads = question.method === "GET" || question.method === "HEAD";
  return { cities: chosen.slice(0, reads ? 2 : 1), path: path };
}

function known(match: RegExpExecArray | null, cities: readonly EdgeCity[]): string | undefined {
  const code = match === null ? undefined : match[1];
  return cities.some((city) => city.code === code) ? code : undefined;
}

/** Codes, the nearest first; in their own order where the place is unknown. */
function byDistance(from: EdgeQuestion, cities: readonly EdgeCity[]): string[] {
  const placed = cities.map((city, place) => ({
    code: city.code,
    place: place,
    nearness: nearness(from, city),
  }));
  placed.sort((a, b) => b.nearness - a.nearness || a.place - b.place);
  return placed.map((city) => city.code);
}

/** Cosine of the great circle between two places; 0 where one is unknown. */
function nearness(from: EdgeQuestion, to: EdgeCity): number {
  const a = from.latitude * RADIANS;
  const b = to.latitude * RADIANS;
  const apart = (from.longitude - to.longitude) * RADIANS;
  const cosine = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(apart);
  return cosine >= -2 ? cosine : 0;
}
