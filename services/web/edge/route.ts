import { streamOriginId } from "#regions/stream-origin-id.ts";

/** A city as the router knows it. */
export interface EdgeCity {
  /** Three lower-case letters; also the id of its origin. */
  readonly code: string;
  /** Whether an origin of its own streams its events; else the one that answers everything does. */
  readonly streams: boolean;
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
  /** Ids of the origins to ask, in this order: one, or a second for when the first fails. */
  readonly origins: readonly string[];
  /** Answers of the first origin after which the second one is asked. */
  readonly failed: readonly number[];
  /** The path to ask for. Of a pinned request it begins with `/c/<city>`, so caches tell it apart. */
  readonly path: string;
}

/**
 * Of those that CloudFront takes: 400, 403, 404, 416, 500, 502, 503, 504, and no other.
 * @source Amazon CloudFront Developer Guide, "Create an origin group"
 */
const FAILED = [502, 503, 504];
const EVENTS_PATH = /^(?:\/c\/[a-z]{3})?\/v1\/events$/;
const PINNED_PATH = /^\/c\/([a-z]{3})(?:\/|$)/;
const PINNED_HOST = /^([a-z]{3})\./;
const RADIANS = Math.PI / 180;

/**
 * The city that answers: the one that the path or the host pins, healthy or not; else the nearest
 * healthy one by great circle, and for what only reads the second nearest after it. Where all are
 * out of rotation, all are in: an answer with its reasons is better than none.
 *
 * A stream of events goes to the origin that holds streams, where the city has one, and when that one
 * fails to the one that answers everything, which tells the tip once.
 *
 * Runs as a CloudFront Function: nothing here may need more than that runtime has.
 * @param cities in the order of preference where nobody knows the place; at least one
 * @source cloud.md 7.3
 */
export function route(question: EdgeQuestion, cities: readonly EdgeCity[]): EdgeRoute {
  const path = question.path;
  const byPath = known(PINNED_PATH.exec(path), cities);
  if (byPath !== undefined) return routeTo([byPath], path, question);
  const byHost = known(PINNED_HOST.exec(question.host.toLowerCase()), cities);
  if (byHost !== undefined) return routeTo([byHost], `/c/${byHost.code}${path}`, question);

  const near = byDistance(question, cities);
  const healthy = near.filter((city) => question.out.indexOf(city.code) < 0);
  const chosen = healthy.length === 0 ? near : healthy;
  const reads = question.method === "GET" || question.method === "HEAD";
  return routeTo(chosen.slice(0, reads ? 2 : 1), path, question);
}

/** @param chosen the city, and perhaps a second one */
function routeTo(chosen: EdgeCity[], path: string, asked: EdgeQuestion): EdgeRoute {
  const first = chosen[0];
  if (first?.streams === true && asked.method === "GET" && EVENTS_PATH.test(path)) {
    const origins = [streamOriginId(first.code), first.code];
    return { origins: origins, failed: FAILED, path: path };
  }
  return { origins: chosen.map((city) => city.code), failed: FAILED, path: path };
}

function known(match: RegExpExecArray | null, cities: readonly EdgeCity[]): EdgeCity | undefined {
  const code = match === null ? undefined : match[1];
  return cities.filter((city) => city.code === code)[0];
}

/** The nearest first; in their own order where the place is unknown. */
function byDistance(from: EdgeQuestion, cities: readonly EdgeCity[]): EdgeCity[] {
  const placed = cities.map((city, place) => ({
    city: city,
    place: place,
    nearness: nearness(from, city),
  }));
  placed.sort((a, b) => b.nearness - a.nearness || a.place - b.place);
  return placed.map((at) => at.city);
}

/** Cosine of the great circle between two places; 0 where one is unknown. */
function nearness(from: EdgeQuestion, to: EdgeCity): number {
  const a = from.latitude * RADIANS;
  const b = to.latitude * RADIANS;
  const apart = (from.longitude - to.longitude) * RADIANS;
  const cosine = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(apart);
  return cosine >= -2 ? cosine : 0;
}
