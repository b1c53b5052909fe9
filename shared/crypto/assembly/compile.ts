/**
 * `npm run assembly` compiles every module and says whether the kept text differs (exit code 1 if
 * one does); `npm run assembly -- --write` writes it anew, `-- x13` looks at one module only.
 *
 * The text is a function of the sources, the generators and the version of the compiler: generated
 * AssemblyScript goes to the compiler in memory and is never a file.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AssemblyModule, MODULES } from "./modules.ts";

const HERE = import.meta.dirname;
const WASM_NAME = "module.wasm";
const WRITE_COMMAND = "npm run assembly -- --write";

/** No runtime, no allocator, no imports: arithmetic on a memory that its caller fills. */
const COMMON_OPTIONS = [
  ...["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--zeroFilledMemory"],
  ...["--use", "abort=", "--outFile", WASM_NAME],
];

/** The file that keeps a module: an absolute path. */
export function keptPath({ name }: Pick<AssemblyModule, "name">): string {
  return join(HERE, "..", `${name}-module.ts`);
}

/**
 * Compile one module.
 * @returns its bytes, the same for the same sources on any machine
 * @throws Error with the diagnostics of the compiler
 */
export async function compileModule(module: AssemblyModule): Promise<Uint8Array> {
  // Late: it takes a second to load, and whoever only renders does without.
  const { default: asc } = await import("assemblyscript/asc");
  const generated = await generateSources(module);
  const folder = join(HERE, module.name);
  const output = new Map<string, Uint8Array>();
  const { error, stderr } = await asc.main([module.entry, ...COMMON_OPTIONS, ...module.options], {
    readFile: async (name) => generated.get(name) ?? (await readIfThere(join(folder, name))),
    writeFile: (name, contents) => {
      if (typeof contents !== "string") output.set(name, contents);
    },
    listFiles: () => [],
  });
  const bytes = output.get(WASM_NAME);
  if (error !== null || bytes === undefined) {
    throw new Error(`${module.name}: ${stderr.toString()}`, { cause: error });
  }
  return bytes;
}

/** The text that is kept of a module: one constant, which imports nothing. */
export function renderModule({ name }: Pick<AssemblyModule, "name">, wasm: Uint8Array): string {
  const constant = `${name.replaceAll("-", "_").toUpperCase()}_MODULE`;
  return [
    `/** WebAssembly of \`assembly/${name}\`, base64; written by \`${WRITE_COMMAND}\`. */`,
    `export const ${constant} =`,
    `  "${Buffer.from(wasm).toString("base64")}";`,
    "",
  ].join("\n");
}

async function generateSources(module: AssemblyModule): Promise<ReadonlyMap<string, string>> {
  const sources = new Map<string, string>();
  for (const [name, generator] of Object.entries(module.generated)) {
    const { generate } = await import(join(HERE, module.name, generator));
    sources.set(name, generate());
  }
  return sources;
}

/** @returns `null`, the compiler's word for absence, where there is no such file */
async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    // The compiler asks for `a.ts`, then `a/index.ts`; that one of them is absent says nothing.
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  }
}

/** @returns whether what is kept is what the sources give, now or after writing it */
async function compareOrWrite(module: AssemblyModule, write: boolean): Promise<boolean> {
  const started = performance.now();
  const wasm = await compileModule(module);
  const text = renderModule(module, wasm);
  const same = (await readIfThere(keptPath(module))) === text;
  if (write && !same) await writeFile(keptPath(module), text);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const state = same ? "as kept" : write ? "written" : "DIFFERS from what is kept";
  console.log(`${module.name}: ${wasm.length} bytes in ${seconds} s, ${state}`);
  return same || write;
}

async function main(args: readonly string[]): Promise<void> {
  const write = args.includes("--write");
  const names = args.filter((argument) => !argument.startsWith("--"));
  const chosen = MODULES.filter(({ name }) => names.length === 0 || names.includes(name));
  let good = chosen.length > 0;
  for (const module of chosen) good = (await compareOrWrite(module, write)) && good;
  if (!good) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
