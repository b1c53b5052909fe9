/**
 * `npm run bundle [-- FOLDER]`: one minified ES module for each function of a city,
 * `<folder>/<function>/lambda.mjs` with its source map beside it.
 * @module
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { FUNCTIONS, type FunctionName } from "#regions/city-names.ts";
import { FUNCTION_SHAPES } from "./functions.ts";
import { leaveOut } from "./leave-out.ts";

/** Bytes that one module may have: what is larger starts slowly. @source cloud.md 7.1 */
export const BUNDLE_BYTES_MAX = 1_200_000;

/** Where `npm run bundle` writes when it is not told. */
export const BUNDLES = "dist/functions";

const ROOT = join(import.meta.dirname, "..");

/** What became of one function. */
export interface Bundle {
  readonly name: FunctionName;
  readonly bytes: number;
}

/** Functions whose door is in the tree. */
export function bundledFunctions(): readonly FunctionName[] {
  return FUNCTIONS.filter((name) => existsSync(join(ROOT, FUNCTION_SHAPES[name].door)));
}

async function bundleOne(name: FunctionName, folder: string): Promise<Bundle> {
  const outfile = join(folder, name, "lambda.mjs");
  await build({
    absWorkingDir: ROOT,
    entryPoints: [FUNCTION_SHAPES[name].door],
    outfile,
    bundle: true,
    minify: true,
    sourcemap: true,
    // Frames and names are what a stack trace needs; the sources are in the tree.
    sourcesContent: false,
    platform: "node",
    target: "node24",
    format: "esm",
    // What ships both is a fifth smaller as ES modules, and asks for no `require`.
    mainFields: ["module", "main"],
    plugins: [leaveOut],
    logLevel: "error",
  });
  const { size } = statSync(outfile);
  if (size > BUNDLE_BYTES_MAX) {
    throw new RangeError(`${name}: ${size} bytes are over ${BUNDLE_BYTES_MAX}`);
  }
  return { name, bytes: size };
}

/**
 * Bundle every function whose door is in the tree.
 * @throws when a module is over its budget, or imports what cannot be bundled
 */
export async function bundle(folder: string): Promise<readonly Bundle[]> {
  return await Promise.all(bundledFunctions().map((name) => bundleOne(name, folder)));
}

if (import.meta.main) {
  for (const { name, bytes } of await bundle(process.argv[2] ?? BUNDLES)) {
    process.stdout.write(`${name.padEnd(16)}${(bytes / 1_000).toFixed(0).padStart(6)} KB\n`);
  }
}
