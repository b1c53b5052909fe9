import { execFile } from "node:child_process";
import { globSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { type Bundle, bundle, bundledFunctions } from "#infra/bundle.ts";
import { FUNCTION_SHAPES } from "#infra/functions.ts";
import type { WANTED } from "#services/rpc/compose-aws.ts";
import { checkBundles, modulesOf } from "../support/check-bundles.ts";

const run = promisify(execFile);
const folder = mkdtempDisposableSync(join(tmpdir(), "exos-bundles-"));
let bundles: readonly Bundle[];

/** What `rpc` may compile before it is ready: 1,129,000 when all of it was one module. */
const RPC_START_BYTES_MAX = 520_000;

/** A process without a name of the city. @returns what it says of a fault as it imports a bundle */
async function refusedStart(name: string): Promise<string> {
  const bundle = JSON.stringify(join(folder.path, name, "lambda.mjs"));
  const code = `await import(${bundle}).catch((fault) => console.log(fault.stack));`;
  const words = ["--input-type=module", "-e", code];
  return (await run(process.execPath, words, { env: {} })).stdout;
}

/** Of a city that is nowhere, as its stack names it to `rpc`. */
const CITY = {
  ...{ EXOS_ENVIRONMENT: "local", EXOS_CITY: "syd", EXOS_NETWORK: "exos-regtest" },
  ...{ EXOS_TABLE_CHAIN: "exos-local-syd-c", EXOS_TABLE_COINS: "exos-local-syd-o" },
  ...{ EXOS_TABLE_POOL: "exos-local-syd-p", EXOS_TABLE_INDEX: "exos-local-syd-i" },
  ...{ EXOS_BUCKET_CHAIN: "exos-local-syd-b", EXOS_RELEASE: "test" },
  EXOS_QUEUE_BLOCKS: "http://127.0.0.1:9/exos-local-syd-blocks",
  EXOS_QUEUE_TRANSACTIONS: "http://127.0.0.1:9/exos-local-syd-transactions",
  EXOS_SECRETS: "/exos/local/syd",
  AWS_REGION: "us-east-1",
} satisfies Record<(typeof WANTED)[number] | "AWS_REGION", string>;

/** @returns parts of Node, by their names there, that `rpc` loads as it is imported */
async function partsLoaded(): Promise<readonly string[]> {
  const bundle = JSON.stringify(join(folder.path, "rpc", "lambda.mjs"));
  const code = `
    const before = new Set(process.moduleLoadList);
    const { handler } = await import(${bundle});
    const added = process.moduleLoadList.filter((part) => !before.has(part));
    console.log(JSON.stringify(typeof handler === "function" ? added : []));`;
  const words = ["--input-type=module", "-e", code];
  const said: string[] = JSON.parse((await run(process.execPath, words, { env: CITY })).stdout);
  return said.map((part) => part.replace(/^NativeModule /, ""));
}

/** Where a file of the tree says something. @returns `path:line` */
function placeOf(path: string, text: string): string {
  const before = readFileSync(path, "utf8").split(text, 1)[0] ?? "";
  return `${path}:${before.split("\n").length}:`;
}

beforeAll(async () => {
  // The largest, and one with our engines; a slow suite and `npm run bundle` make all nine.
  bundles = await bundle(folder.path, ["rpc", "check"]);
  return () => folder.remove();
});

describe("the bundles of a city's functions", () => {
  it("are one for each door in the tree", () => {
    const written = globSync("services/*/{*.lambda,lambda}.ts").sort();
    const doors = bundledFunctions().map((name) => FUNCTION_SHAPES[name].door);
    expect(doors.sort()).toEqual(written);
  });

  it("are ES modules within the budget that ask for no require, with their source maps", () => {
    expect(bundles).toHaveLength(2);
    checkBundles(folder.path, bundles);
  });

  it("name the lines of our sources in the stack of a fault", async () => {
    for (const [name, root] of [
      ["rpc", "services/rpc/compose-aws.ts"],
      ["check", "services/validate/compose-aws.ts"],
    ] as const) {
      const [said, thrown, read] = (await refusedStart(name)).split("\n");
      expect(said, name).toContain("EXOS_CITY is missing");
      const throwing = placeOf("shared/adapters/aws/city-environment.ts", "throw new StoreFault");
      expect(thrown, name).toContain(`/${throwing}`);
      expect(read, name).toContain(`/${placeOf(root, "readCityEnvironment(environment")}`);
    }
  });

  it("leave to the first event that needs it what a read of the chain does without", () => {
    const rpc = bundles.find(({ name }) => name === "rpc");
    expect(rpc?.startBytes).toBeLessThanOrEqual(RPC_START_BYTES_MAX);
    const modulesThatSay = (text: string) =>
      modulesOf(folder.path, "rpc")
        .filter((path) => readFileSync(path, "utf8").includes(text))
        .map((path) => basename(path));
    // The client of a bucket lists by a name that nobody else says, and so do traces what they send.
    expect(modulesThatSay("list-type")).toEqual([
      expect.stringMatching(/^open-s3-objects-\w+\.mjs$/),
    ]);
    expect(modulesThatSay("resourceSpans")).toEqual([
      expect.stringMatching(/^otel-traces-\w+\.mjs$/),
    ]);
  });

  it("leave to the first request what Node knows of TLS, HTTP, compression and cryptography", async () => {
    const parts = await partsLoaded();
    // What every stream needs is loaded, and seen here.
    expect(parts).toContain("stream");
    const late = ["internal/deps/undici/undici", "http", "https", "http2", "tls", "net", "zlib"];
    const web = ["crypto", "internal/crypto/webcrypto", "fs/promises", "worker_threads"];
    expect(parts.filter((part) => [...late, ...web].includes(part))).toEqual([]);
  });

  it("carry our engines packed, and no translations", () => {
    const code = modulesOf(folder.path, "check")
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    expect(code).toContain("brotliDecompressSync");
    // How the text of every module begins: its magic and version.
    expect(code).not.toContain("AGFzbQEAAAAB");
    expect(code).not.toContain("Ungültige Eingabe");
  });
});
