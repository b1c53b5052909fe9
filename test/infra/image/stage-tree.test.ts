import { existsSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { productionFiles, stageTree } from "#infra/image/stage-tree.ts";

const PROJECT = join(import.meta.dirname, "..", "..", "..");

/** A project of a few files. */
function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const manifest = (version: string) => JSON.stringify({ version });
const SMALL = {
  LICENSE: "as is",
  "package.json": JSON.stringify({ name: "small", version: "1.0.0" }),
  "package-lock.json": JSON.stringify({
    packages: {
      "": { version: "1.0.0" },
      "node_modules/@scope/used": { version: "2.0.0", integrity: "sha512-AQI=", license: "MIT" },
      "node_modules/@scope/used/node_modules/inner": { version: "0.1.0" },
      "node_modules/elsewhere": { version: "3.0.0", optional: true },
      "node_modules/tests": { version: "4.0.0", dev: true },
    },
  }),
  "regions/city.ts": "",
  "services/cli/main.ts": 'import "#infra/prices.ts";',
  "shared/crypto/assembly/x13.ts": "compiled ahead",
  "shared/crypto/x13.ts": "",
  "infra/prices.ts": 'import "./factors.ts";\nimport "#regions/city.ts";',
  "infra/factors.ts": "",
  "infra/app.ts": "stacks",
  "test/x.test.ts": "",
  "node_modules/@scope/used/package.json": manifest("2.0.0"),
  "node_modules/@scope/used/index.js": "",
  "node_modules/@scope/used/index.d.ts": "",
  "node_modules/@scope/used/dist-es/index.js": "",
  "node_modules/@scope/used/prebuilds/linux-arm64/a.node": "",
  "node_modules/@scope/used/prebuilds/linux-arm64/a.musl.node": "",
  "node_modules/@scope/used/prebuilds/linux-x64/a.node": "",
  "node_modules/@scope/used/prebuilds/win32-x64/a.node": "",
  "node_modules/@scope/used/node_modules/inner/package.json": manifest("0.1.0"),
  "node_modules/@scope/used/node_modules/stray/package.json": manifest("9.0.0"),
  "node_modules/tests/package.json": manifest("4.0.0"),
};

function stageSmall(files: Readonly<Record<string, string>>) {
  const project = mkdtempDisposableSync(join(tmpdir(), "exos-project-"));
  const staged = mkdtempDisposableSync(join(tmpdir(), "exos-staged-"));
  using stack = new DisposableStack();
  stack.use(project);
  stack.use(staged);
  writeAll(project.path, files);
  const tree = stageTree(project.path, staged.path, "linux/arm64");
  const held = stack.move();
  return {
    tree,
    has: (path: string) => existsSync(join(staged.path, path)),
    read: (path: string) => readFileSync(join(staged.path, path), "utf8"),
    [Symbol.dispose]: () => held.dispose(),
  };
}

describe("stageTree", () => {
  it("copies what runs in production, and of infra/ what services import", () => {
    using staged = stageSmall(SMALL);
    expect(staged.tree.files).toEqual([
      "LICENSE",
      "infra/factors.ts",
      "infra/prices.ts",
      "package.json",
      "regions/city.ts",
      "services/cli/main.ts",
      "shared/crypto/x13.ts",
    ]);
    for (const file of staged.tree.files) expect(staged.has(join("tree", file)), file).toBe(true);
    expect(staged.has("data")).toBe(true);
  });

  it("takes packages of the lock file alone, without what no program loads", () => {
    using staged = stageSmall(SMALL);
    expect(staged.tree.packages.map(({ path }) => path)).toEqual([
      "node_modules/@scope/used",
      "node_modules/@scope/used/node_modules/inner",
    ]);
    const used = "node_modules/@scope/used";
    expect(staged.has(`${used}/index.js`)).toBe(true);
    expect(staged.has(`${used}/node_modules/inner/package.json`)).toBe(true);
    expect(staged.has(`${used}/prebuilds/linux-arm64/a.node`)).toBe(true);
    for (const left of [
      `${used}/index.d.ts`,
      `${used}/dist-es/index.js`,
      `${used}/prebuilds/linux-arm64/a.musl.node`,
      `${used}/prebuilds/linux-x64`,
      `${used}/prebuilds/win32-x64`,
      `${used}/node_modules/stray`,
      "node_modules/tests",
    ]) {
      expect(staged.has(left), left).toBe(false);
    }
  });

  it("lists the packages with what their archives hash to", () => {
    using staged = stageSmall(SMALL);
    const bill = JSON.parse(staged.read("tree/sbom.json"));
    expect(bill.metadata.component).toEqual({
      type: "application",
      name: "small",
      version: "1.0.0",
    });
    expect(bill.components[0]).toEqual({
      type: "library",
      name: "@scope/used",
      version: "2.0.0",
      purl: "pkg:npm/%40scope/used@2.0.0",
      hashes: [{ alg: "SHA-512", content: "0102" }],
      licenses: [{ expression: "MIT" }],
    });
  });

  it.each([
    [
      "of another version",
      { "node_modules/@scope/used/package.json": manifest("2.0.1") },
      /2\.0\.1/,
    ],
    [
      "that is not installed",
      {
        "package-lock.json": JSON.stringify({
          packages: { "node_modules/gone": { version: "1.0.0" } },
        }),
      },
      /node_modules\/gone is not installed/,
    ],
  ])("refuses a package %s", (_, change, message) => {
    expect(() => stageSmall({ ...SMALL, ...change })[Symbol.dispose]()).toThrow(message);
  });
});

describe("the production tree of this project", () => {
  const files = new Set(productionFiles(PROJECT));

  it("holds both entries and no test, stack or source of assembly", () => {
    expect(files.has("services/cli/main.ts")).toBe(true);
    const stray = [...files].filter((file) => /(^test\/|^infra\/app|\/assembly\/)/.test(file));
    expect(stray).toEqual([]);
  });

  it("holds every file of ours that one of its files imports", () => {
    const absent: string[] = [];
    for (const file of files) {
      if (!file.endsWith(".ts")) continue;
      const text = readFileSync(join(PROJECT, file), "utf8");
      for (const [, folder, rest] of text.matchAll(
        /from "#(infra|regions|services|shared)\/([^"]+)"/g,
      )) {
        if (!files.has(`${folder}/${rest}`)) absent.push(`${file} imports ${folder}/${rest}`);
      }
    }
    expect(absent).toEqual([]);
  });
});
