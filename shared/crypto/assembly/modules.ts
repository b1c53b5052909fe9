/** What `npm run assembly` compiles: one row for each WebAssembly module of `shared/crypto`. */
export interface AssemblyModule {
  /** Of the folder here, and of the kept text: `x13` is kept in `shared/crypto/x13-module.ts`. */
  readonly name: string;
  /** Source with the exports, in the folder; AssemblyScript. */
  readonly entry: string;
  /**
   * Sources that are not kept but generated at each compilation: the name by which the others
   * import them, to the file of the folder whose `generate(): string` returns their text.
   */
  readonly generated: Readonly<Record<string, string>>;
  /** Options of the compiler beside those that every module has. */
  readonly options: readonly string[];
}

const X13_GENERATORS = [
  ...["aes", "blake", "bmw", "cubehash", "echo", "fugue", "galois", "groestl", "hamsi", "jh"],
  ...["keccak", "luffa", "memory-layout", "shavite", "simd", "skein"],
];

export const MODULES: readonly AssemblyModule[] = [
  {
    name: "secp256k1",
    entry: "verify.ts",
    generated: {
      "constants.generated.ts": "generate-constants.ts",
      "field.generated.ts": "generate-field.ts",
    },
    options: [],
  },
  {
    name: "x13",
    entry: "entry.ts",
    generated: Object.fromEntries(
      X13_GENERATORS.map((name) => [`${name}.generated.ts`, `${name}.ts`]),
    ),
    options: ["--initialMemory", "3", "--maximumMemory", "3"],
  },
  {
    name: "sha256",
    entry: "hash.ts",
    generated: { "compress.generated.ts": "generate-compress.ts" },
    options: [],
  },
  {
    name: "muhash",
    entry: "muhash.ts",
    generated: { "product.generated.ts": "generate-product.ts" },
    options: [],
  },
];
