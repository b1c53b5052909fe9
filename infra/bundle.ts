/**
 * `npm run bundle [-- FOLDER]`: minified ES modules for each function of a city, each with its source
 * map beside it: `<folder>/<function>/lambda.mjs` with all that a start needs, and what the first
 * event of its kind loads.
 * @module
 */
import { existsSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type Metafile } from "esbuild";
import { FUNCTIONS, type FunctionName } from "#regions/city-names.ts";
import { FUNCTION_SHAPES } from "./functions.ts";
import { lateBuiltins } from "./late-builtins.ts";
import { leaveOut } from "./leave-out.ts";
import { print } from "./print.ts";

/** Bytes that the modules of one function may have together. @source cloud.md 7.1 */
export const BUNDLE_BYTES_MAX = 1_200_000;

/** Where `npm run bundle` writes when it is not told. */
const BUNDLES = "dist/functions";

const ROOT = join(import.meta.dirname, "..");

/** Loaded before the door: reads the maps of modules by which a fault came that is told. */
const STACKS = "shared/adapters/aws/map-stacks.ts";

/** What became of one function. */
export interface Bundle {
  readonly name: FunctionName;
  /** Of all its modules. */
  readonly bytes: number;
  /** Of those that a start loads: what it compiles before it can answer. */
  readonly startBytes: number;
}

/** Functions whose door is in the tree. */
export function bundledFunctions(): readonly FunctionName[] {
  return FUNCTIONS.filter((name) => existsSync(join(ROOT, FUNCTION_SHAPES[name].door)));
}

async function bundleOne(name: FunctionName, folder: string): Promise<Bundle> {
  const outdir = join(folder, name);
  // A part of an older bundle would be deployed with this one.
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    stdin: {
      contents: `import "./${STACKS}"; export * from "./${FUNCTION_SHAPES[name].door}";`,
      resolveDir: ROOT,
    },
    outdir,
    entryNames: "lambda",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is imported late becomes a module of its own, and what both need another one.
    splitting: true,
    chunkNames: "[name]-[hash]",
    metafile: true,
    minify: true,
    sourcemap: true,
    // Frames and names are what a stack trace needs; the sources are in the tree.
    sourcesContent: false,
    platform: "node",
    target: "node24",
    format: "esm",
    // What ships both is a fifth smaller as ES modules, and asks for no `require`.
    mainFields: ["module", "main"],
    plugins: [leaveOut, lateBuiltins],
    logLevel: "error",
  });
  const { outputs } = metafile;
  const modules = Object.keys(outputs).filter((path) => path.endsWith(".mjs"));
  const bytes = sumOf(modules, outputs);
  if (bytes > BUNDLE_BYTES_MAX) {
    throw new RangeError(`${name}: ${bytes} bytes are over ${BUNDLE_BYTES_MAX}`);
  }
  const entry = modules.filter((path) => basename(path) === "lambda.mjs");
  return { name, bytes, startBytes: sumOf(loadedBy(entry, outputs), outputs) };
}

type Outputs = Metafile["outputs"];

function sumOf(paths: readonly string[], outputs: Outputs): number {
  return paths.reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
}

/** These modules, and what they import before they run. */
function loadedBy(entry: readonly string[], outputs: Outputs): readonly string[] {
  const loaded = new Set(entry);
  // A set goes on with what is added while it is walked.
  for (const path of loaded) {
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && outputs[imported] !== undefined) loaded.add(imported);
    }
  }
  return [...loaded];
}

/**
 * Bundle functions.
 *
 * @param names all whose door is in the tree unless told otherwise
 * @throws when one is over its budget, or imports what cannot be bundled
 */
export async function bundle(
  folder: string,
  names: readonly FunctionName[] = bundledFunctions(),
): Promise<readonly Bundle[]> {
  return await Promise.all(names.map((name) => bundleOne(name, folder)));
}

if (import.meta.main) {
  const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(0).padStart(6)} KB`;
  for (const { name, bytes, startBytes } of await bundle(process.argv[2] ?? BUNDLES)) {
    print(`${name.padEnd(16)}${kilobytes(bytes)}, ${kilobytes(startBytes)} of it at start`);
  }
}
