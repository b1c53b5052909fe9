import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import type { OnLoadResult, Plugin } from "esbuild";

/** Modules that a function carries for nothing, and what stands in their place. */
const STAND_INS: readonly { readonly filter: RegExp; readonly contents: string }[] = [
  // Error messages in fifty languages: 360 KB where a package imports zod whole.
  { filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/, contents: "export {};" },
  // Profiles, single sign-on, processes, metadata: 100 KB. A function has its credentials in its
  // environment.
  {
    filter: /[\\/]@aws-sdk[\\/]credential-provider-node[\\/].*index\.js$/,
    contents:
      'import { fromEnv } from "@aws-sdk/credential-provider-env";\nexport const defaultProvider = () => fromEnv();',
  },
  // Reads what a browser says of itself: 35 KB.
  { filter: /[\\/]bowser[\\/]bowser\.mjs$/, contents: "export default {};" },
];

/**
 * What imports all of zod as one object, which keeps the half of it that nobody else asks for in every
 * start: 105 KB. It gives one class a method.
 */
const ZOD_WHOLE = {
  filter: /[\\/]@hono[\\/]zod-openapi[\\/]dist[\\/]index\.mjs$/,
  from: 'import { z } from "zod";',
  to: 'import { ZodType } from "zod"; const z = { ZodType };',
};

/** Where `npm run assembly` writes WebAssembly as text. */
const WRITTEN = /[\\/]shared[\\/]crypto[\\/][\w-]+-module\.ts$/;
const TEXT = /export const (\w+) =\s+"([A-Za-z0-9+/=]+)";/;

/** Packing one takes a second, and every function has the same. */
const packed = new Map<string, OnLoadResult>();

/**
 * WebAssembly as compressed text: 247 KB of it become 55, and a start takes three milliseconds
 * longer. In the tree it is plain, since a browser has nothing that would unpack it in one step.
 * @throws RangeError when the module does not look as it is written
 */
function compressed(path: string): OnLoadResult {
  const done = packed.get(path);
  if (done !== undefined) return done;
  const [, name, base64] = TEXT.exec(readFileSync(path, "utf8")) ?? [];
  if (name === undefined || base64 === undefined) throw new RangeError(`no module in ${path}`);
  const text = brotliCompressSync(Buffer.from(base64, "base64")).toString("base64");
  const result: OnLoadResult = {
    loader: "js",
    contents: [
      'import { brotliDecompressSync } from "node:zlib";',
      `const packed = Buffer.from("${text}", "base64");`,
      `export const ${name} = /* @__PURE__ */ brotliDecompressSync(packed).toString("base64");`,
    ].join("\n"),
  };
  packed.set(path, result);
  return result;
}

/** @throws RangeError when a package no longer says what is replaced in it */
function rewritten(text: string, { from, to }: { readonly from: string; readonly to: string }) {
  if (!text.includes(from)) throw new RangeError(`nobody says ${from} any more`);
  return text.replace(from, to);
}

/** Leaves out of a bundle what only other homes of the same code need. */
export const leaveOut: Plugin = {
  name: "leave-out",
  setup(build) {
    for (const { filter, contents } of STAND_INS) {
      build.onLoad({ filter }, ({ path }) => ({
        contents,
        loader: "js",
        resolveDir: path.slice(0, path.lastIndexOf("node_modules")),
      }));
    }
    build.onLoad({ filter: ZOD_WHOLE.filter }, ({ path }) => ({
      contents: rewritten(readFileSync(path, "utf8"), ZOD_WHOLE),
      loader: "js",
    }));
    build.onLoad({ filter: WRITTEN }, ({ path }) => compressed(path));
  },
};
