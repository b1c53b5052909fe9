import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
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

/** What a package does as it is loaded, and what it does instead. */
interface Rewriting {
  readonly filter: RegExp;
  readonly from: string;
  readonly to: string;
}

const REWRITINGS: readonly Rewriting[] = [
  // All of zod as one object keeps the half of it that nobody else asks for in every start: 105 KB. It
  // gives one class a method.
  {
    filter: /[\\/]@hono[\\/]zod-openapi[\\/]dist[\\/]index\.mjs$/,
    from: 'import { z } from "zod";',
    to: 'import { ZodType } from "zod"; const z = { ZodType };',
  },
  // To ask whether Node has a part loads it: cryptography, its form of the web, compression.
  {
    filter: /[\\/]@smithy[\\/]core[\\/].*[\\/]serde[\\/]index\.js$/,
    from: "const _getRandomValues = getRandomValues;",
    to: "const _getRandomValues = (bytes) => getRandomValues(bytes);",
  },
  {
    filter: /[\\/]@smithy[\\/]core[\\/].*[\\/]uuid[\\/]v4\.js$/,
    from: 'if (typeof crypto !== "undefined" && typeof crypto.randomUUID === "function")',
    to: "if (true)",
  },
  {
    filter: /[\\/]@smithy[\\/]core[\\/].*[\\/]Crc32Node\.js$/,
    from: 'typeof zlib.crc32 === "function" ? zlib.crc32 : undefined;',
    to: "(data, value) => zlib.crc32(data, value);",
  },
  ...["md5", "sha256"].map((name) => ({
    filter: new RegExp(
      `[\\\\/]@smithy[\\\\/]core[\\\\/].*[\\\\/]${name}[\\\\/]\\w+Node\\.js$`,
      "i",
    ),
    from: `createHash("${name}");\n        return true;`,
    to: "return true;",
  })),
];

/** As what `npm run assembly` writes is imported: WebAssembly as text. */
const WRITTEN = /^#shared\/crypto\/[\w-]+-module\.ts$/;
/** Of modules that are none of the package, whose own are all ES modules. */
const PACKED = "packed";
const TEXT = /export const (\w+) =\s+"([A-Za-z0-9+/=]+)";/;

/** Packing one takes a second, and every function has the same. */
const packed = new Map<string, OnLoadResult>();

/**
 * WebAssembly as compressed text: 247 KB of it become 55. As CommonJS, of which the bundler reads a
 * name where the name is used: a start unpacks none. In the tree it is plain, since a browser has
 * nothing that would unpack it in one step.
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
      `const packed = "${text}";`,
      "const get = () => {",
      '  const { brotliDecompressSync } = process.getBuiltinModule("node:zlib");',
      '  return brotliDecompressSync(Buffer.from(packed, "base64")).toString("base64");',
      "};",
      `Object.defineProperty(exports, "${name}", { enumerable: true, get });`,
    ].join("\n"),
  };
  packed.set(path, result);
  return result;
}

/** @throws RangeError when a package no longer says what is replaced in it */
function rewritten(path: string, { from, to }: Rewriting): string {
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new RangeError(`${path} no longer says ${from}`);
  return text.replace(from, () => to);
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
    for (const rewriting of REWRITINGS) {
      build.onLoad({ filter: rewriting.filter }, ({ path }) => ({
        contents: rewritten(path, rewriting),
        loader: "js",
      }));
    }
    build.onResolve({ filter: WRITTEN }, ({ path }) => ({
      path: fileURLToPath(import.meta.resolve(path)),
      namespace: PACKED,
    }));
    build.onLoad({ filter: /./, namespace: PACKED }, ({ path }) => compressed(path));
  },
};
