import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MAY_IMPORT, rowOf, violations } from "./support/dependency-directions.ts";

const paths = globSync("{infra,regions,services,shared}/**/*.ts").filter(
  (path) => !path.includes("/assembly/"),
);
const files = paths.map((path) => ({ path, text: readFileSync(path, "utf8") }));

describe("quick suites", () => {
  // They share their workers' modules, and a door keeps the environment that it was loaded in.
  it("open the doors of functions in one of them alone", () => {
    const opening = globSync("test/**/*.test.ts").filter((path) => {
      const text = path.endsWith(".slow.test.ts") ? "" : readFileSync(path, "utf8");
      return /(?:import|from)[ (]"[^"]*(?:traced-doors|\.lambda)\.ts"/.test(text);
    });
    expect(opening).toEqual(["test/infra/idle-requests.test.ts"]);
  });
});

describe("every file", () => {
  it("finds its neighbours in a folder whose name has a space, too", () => {
    const all = globSync("{infra,regions,services,shared,test}/**/*.{ts,tsx,mjs}");
    expect(all.length).toBeGreaterThan(1000);
    const escaped = all.filter((path) =>
      /import\.meta\.url\)\s*\.pathname/.test(readFileSync(path, "utf8")),
    );
    expect(escaped).toEqual([]);
  });
});

describe("dependency directions", () => {
  it("reads every source file", () => {
    expect(files.length).toBeGreaterThan(300);
  });

  it("lets no folder import what its row does not name", () => {
    expect(violations(files)).toEqual([]);
  });

  it("has a folder for every row", () => {
    const rows = new Set(paths.map(rowOf));
    expect(Object.keys(MAY_IMPORT).filter((row) => !rows.has(row))).toEqual([]);
  });

  it.each([
    ["a lower layer that imports a higher one", "shared/codec/a.ts", "#shared/consensus/b.ts"],
    ["a type that does", "shared/codec/a.ts", "#shared/consensus/b.ts", "type "],
    ["a pure folder that reads the world", "shared/coins/a.ts", "node:fs"],
    ["a pure folder that takes a package", "shared/consensus/a.ts", "zod"],
    ["a service that imports another", "services/rpc/a.ts", "#services/validate/core.ts"],
    ["a relative way to another folder", "shared/codec/a.ts", "../consensus/b.ts"],
    ["a core that names a product", "services/rpc/core.ts", "#shared/adapters/embedded/a.ts"],
    ["a folder without a row", "shared/utils/a.ts", "./b.ts"],
    [
      "a composer that reaches into a service",
      "services/cli/embedded/open-node.ts",
      "#services/rpc/x.ts",
    ],
  ])("finds %s", (_, path, target, kind = "") => {
    expect(violations([{ path, text: `import ${kind}{ x } from "${target}";` }])).toHaveLength(1);
  });

  it.each([
    ["a higher layer its lower ones", "shared/consensus/a.ts", "#shared/codec/b.ts"],
    ["a door an adapter", "services/rpc/container.ts", "#shared/adapters/embedded/a.ts"],
    ["the all-in-one node a core", "services/cli/embedded/open-node.ts", "#services/rpc/core.ts"],
    ["a folder itself", "shared/codec/a.ts", "./b.ts"],
  ])("allows %s", (_, path, target) => {
    expect(violations([{ path, text: `import { x } from "${target}";` }])).toEqual([]);
  });
});
