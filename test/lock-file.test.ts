import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync("package-lock.json", "utf8"),
);
const manifest: {
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
} = JSON.parse(readFileSync("package.json", "utf8"));

describe("package-lock.json", () => {
  it("has an entry for every optional package of every platform, or npm ci refuses it", () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          lock.packages[`${path}/node_modules/${name}`] === undefined &&
          lock.packages[`node_modules/${name}`] === undefined,
      ),
    );
    expect(missing).toEqual([]);
  });

  it("names no address", () => {
    expect(Object.values(lock.packages).filter((entry) => entry.resolved !== undefined)).toEqual(
      [],
    );
  });

  it("knows about every package that brings an install script, and lets one run", () => {
    const names = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ""));
    expect(names.filter((name) => !(name in manifest.allowScripts))).toEqual([]);
    const allowed = Object.entries(manifest.allowScripts).filter(([, runs]) => runs);
    expect(allowed).toEqual([["node", true]]);
  });
});

describe("package.json", () => {
  it("pins every dependency exactly", () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies };
    const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(loose).toEqual([]);
  });

  it("installs before every script, whichever is the first on a fresh clone", () => {
    const scripts = Object.keys(manifest.scripts).filter((name) => !name.startsWith("pre"));
    const before = scripts.map((name) => [name, manifest.scripts[`pre${name}`]]);
    expect(before).toEqual(scripts.map((name) => [name, "node services/cli/install.mjs"]));
  });

  it("has at most ten scripts besides those that install before them", () => {
    const scripts = Object.keys(manifest.scripts).filter((name) => !name.startsWith("pre"));
    expect(scripts.length).toBeLessThanOrEqual(10);
  });
});
