import crypto from "node:crypto";
// biome-ignore lint/correctness/noUndeclaredDependencies: a module of the runtime, of no package
import cf from "cloudfront";
import { CLIENT_HEADER, EDGE_HEADER, EDGE_KEY, edgeStampText } from "#shared/fleet/edge-stamp.ts";
import { healthVectorKey, parseHealthVector } from "#shared/fleet/health-vector.ts";
import { type EdgeCity, route } from "./route.ts";

/** Put in its place by whoever bundles this: the fleet, without what the edge need not know. */
declare const EDGE_CITIES: readonly (EdgeCity & { readonly watcher: boolean })[];

interface Headers {
  [name: string]: { readonly value: string };
}

/** A viewer's request as CloudFront hands it over; the same object goes back, changed. */
interface ViewerEvent {
  readonly viewer: { readonly ip: string };
  readonly request: { readonly method: string; uri: string; readonly headers: Headers };
}

/**
 * Sends a request to its city and says to it that it came by the edge, and for whom. Origins of the
 * distribution are named after the cities; latitude and longitude come in CloudFront's own headers.
 */
export async function handler(event: ViewerEvent): Promise<ViewerEvent["request"]> {
  const request = event.request;
  const headers = request.headers;
  const out = await citiesOut();
  const key = await storedAt(EDGE_KEY);
  const chosen = route(
    {
      latitude: Number.parseFloat(textOf(headers, "cloudfront-viewer-latitude")),
      longitude: Number.parseFloat(textOf(headers, "cloudfront-viewer-longitude")),
      out: out,
      method: request.method,
      host: textOf(headers, "host"),
      path: request.uri,
    },
    EDGE_CITIES,
  );
  request.uri = chosen.path;
  headers[CLIENT_HEADER] = { value: event.viewer.ip };
  headers[EDGE_HEADER] = { value: stampOf(event.viewer.ip, key) };

  if (chosen.origins.length === 1) cf.selectRequestOriginById(String(chosen.origins[0]));
  else {
    cf.createRequestOriginGroup({
      originIds: chosen.origins.map((id) => ({ originId: id })),
      failoverCriteria: { statusCodes: chosen.failed },
    });
  }
  return request;
}

/** Without a key the stamp is no stamp: the origin's door refuses it and says so. */
function stampOf(client: string, key: string): string {
  const unix = Math.floor(Date.now() / 1000);
  if (key === "") return `${unix}.`;
  const text = edgeStampText(unix, client);
  return `${unix}.${crypto.createHmac("sha256", key).update(text).digest("hex")}`;
}

function textOf(headers: Headers, name: string): string {
  const header = headers[name];
  return header === undefined ? "" : header.value;
}

const WATCHERS = EDGE_CITIES.filter((city) => city.watcher);

/** Codes of the cities that watchers leave out of rotation. */
async function citiesOut(): Promise<readonly string[]> {
  const said: Said[] = [];
  for (let at = 0; at < WATCHERS.length; at++) {
    const code = String(WATCHERS[at]?.code);
    // The runtime does not know `await` among the arguments of a call.
    const vector = await storedAt(healthVectorKey(code));
    const out = parseHealthVector(vector);
    // Where all are out all are in, so one who sees nobody says nothing; he may be the one who is gone.
    const seesSome = EDGE_CITIES.some((city) => out.indexOf(city.code) < 0);
    if (seesSome) said.push({ code: code, out: out });
  }
  return leftOut(said);
}

/** What a watcher's vector leaves out. */
interface Said {
  readonly code: string;
  readonly out: readonly string[];
}

/**
 * Whoever a watcher leaves out that is heard. One that another leaves out is not: a vector has no
 * time, and the last words of a city that is gone would hold as long as it is. Where each leaves out
 * the other, nobody knows which of them is gone, and both are heard.
 */
function leftOut(said: readonly Said[]): readonly string[] {
  const heard = said.filter((one) => !said.some((by) => leavesOut(by, one) && !leavesOut(one, by)));
  return heard.reduce((out: readonly string[], one) => out.concat(one.out), []);
}

function leavesOut(by: Said, whom: Said): boolean {
  return by.out.indexOf(whom.code) >= 0;
}

/** An entry of the edge's store; empty where it is absent. */
async function storedAt(key: string): Promise<string> {
  try {
    return await cf.kvs().get(key);
  } catch {
    // The store throws for an absent key. Nothing is lost: an empty vector leaves every city in.
    return "";
  }
}
