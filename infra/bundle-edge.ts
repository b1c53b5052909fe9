import { build } from "esbuild";
import type { City } from "#regions/city.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";

/** Bytes that the source of a CloudFront Function may have. */
export const EDGE_BYTES_MAX = 10_240;

/**
 * What the runtime understands beyond ECMAScript 5.1. esbuild rewrites everything newer in those
 * words, and fails where it cannot.
 * @source CloudFront developer guide, "JavaScript runtime 2.0 features"
 */
const BEYOND_ES5 = {
  arrow: true,
  "async-await": true,
  "const-and-let": true,
  "exponent-operator": true,
  "rest-argument": true,
  "template-literal": true,
};

/** The runtime calls `handler` by its name, and knows no `export`. */
const EXPORTED = /export\s*\{\s*handler\s*\};\s*$/;

/**
 * What it takes from the runtime, which stands first: esbuild puts the cities before it.
 * @source CloudFront developer guide, "Helper methods for origin modification"
 */
const IMPORTED = /import\s*\w+\s*from\s*"\w+";/g;

function edgeCity({ code, latitude, longitude, host }: City) {
  const isAws = host.kind === "aws";
  return { code, latitude, longitude, streams: isAws, watcher: isAws && host.watcher };
}

/**
 * The edge router as the text of a CloudFront Function, runtime 2.0. It names the cities of the
 * environment and no others, since it may choose an origin of its distribution alone: that needs one for
 * each city, named by the city's code, and one for the streams of each AWS city; a KeyValueStore
 * associated with the function; and the headers `CloudFront-Viewer-Latitude` and `-Longitude` in its origin request policy.
 *
 * @throws when a construct cannot be put into words of the runtime, or the text is too long
 */
export async function bundleEdge(environment: EnvironmentName): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["services/web/edge/viewer-request.ts"],
    define: { EDGE_CITIES: JSON.stringify(citiesOf(environment).map(edgeCity)) },
    alias: { "node:crypto": "crypto" },
    external: ["crypto", "cloudfront"],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es5",
    supported: BEYOND_ES5,
    // Not its syntax: that would move an `await` into a call, which the runtime refuses.
    minifyWhitespace: true,
    logLevel: "silent",
  });
  const text = outputFiles[0]?.text ?? "";
  if (!EXPORTED.test(text)) throw new RangeError("the edge's module exports more than its handler");
  const imports = (text.match(IMPORTED) ?? []).join("");
  const source = imports + text.replaceAll(IMPORTED, "").replace(EXPORTED, "");
  if (source.length > EDGE_BYTES_MAX) throw new RangeError(`${source.length} bytes for the edge`);
  return source;
}
