import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { billOfMaterials } from "./bill-of-materials.ts";
import { ImageFault } from "./image-fault.ts";
import type { Platform } from "./platform.ts";
import {
  type LockFile,
  type ProductionPackage,
  productionPackages,
} from "./production-packages.ts";

/** What goes into an image. */
export interface StagedTree {
  /** Files of the project, relative to its folder, sorted. */
  readonly files: readonly string[];
  readonly packages: readonly ProductionPackage[];
}

const FOLDERS = ["regions", "services", "shared"];
const FILES = ["LICENSE", "package.json"];
/** Of packages: what no program loads, and binaries for another C library than the base has. */
const IDLE = /\.(map|md|markdown|flow|d\.[cm]?ts)$|\/(dist-types|dist-es)\/|\.musl\.node$/;
/** Of packages: binaries, each in a folder named after its system as Node names it. */
const BINARIES = /\/prebuilds\/([^/]+)/;

/**
 * Copy what runs in production into a folder as `infra/Dockerfile` expects it: `tree/`,
 * `node_modules/` and an empty `data/`. Packages come from the installation, and each has to be the
 * one that the lock file names; of binaries, those for the platform alone.
 *
 * @param project its folder, with `node_modules`
 * @throws ImageFault for a package that is absent or of another version
 */
export function stageTree(project: string, folder: string, platform: Platform): StagedTree {
  const read = (name: string): string => readFileSync(join(project, name), "utf8");
  const files = productionFiles(project);
  for (const file of files) copy(join(project, file), join(folder, "tree", file));
  // npm wrote the lock file: its shape is npm's, and every field that is read may be absent.
  const lock = JSON.parse(read("package-lock.json")) as LockFile;
  const packages = productionPackages(lock).filter((one) => isInstalled(project, one));
  const system = platform.replace("/", "-").replace("amd64", "x64");
  const isIdle = (path: string) =>
    IDLE.test(path) || (BINARIES.exec(path)?.[1] ?? system) !== system;
  for (const { path } of packages) {
    cpSync(join(project, path), join(folder, path), {
      recursive: true,
      dereference: true,
      filter: (from) => !isNested(project, path, from) && !isIdle(from.slice(project.length)),
    });
  }
  const { name, version } = JSON.parse(read("package.json"));
  writeFileSync(join(folder, "tree", "sbom.json"), billOfMaterials(packages, { name, version }));
  mkdirSync(join(folder, "data"));
  return { files, packages };
}

/** Every file of the project that the image holds, besides what it takes from `infra/`. */
export function productionFiles(project: string): readonly string[] {
  const own = FOLDERS.flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(project, join(parentPath, name))),
  ).filter((file) => !isCompiledAhead(file));
  return [...FILES, ...own, ...infraFilesOf(project, own)].sort();
}

/** Sources of the compiler of `assembly/`: what it made of them stands beside that folder. */
function isCompiledAhead(file: string): boolean {
  return file.split("/").includes("assembly");
}

/** Files of `infra/` that the services import, and what those import in turn. */
function infraFilesOf(project: string, files: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (!file.endsWith(".ts")) continue;
    const text = readFileSync(join(project, file), "utf8");
    const below = file.startsWith("infra/")
      ? /"(#infra|\.{1,2})\/([^"]+\.ts)"/g
      : /"(#infra)\/([^"]+\.ts)"/g;
    for (const [, from, rest] of text.matchAll(below)) {
      const path =
        from === "#infra" ? join("infra", rest ?? "") : join(dirname(file), `${from}/${rest}`);
      if (found.has(path) || !existsSync(join(project, path))) continue;
      found.add(path);
      waiting.push(path);
    }
  }
  return [...found];
}

function isInstalled(project: string, { path, version, optional }: ProductionPackage): boolean {
  const manifest = join(project, path, "package.json");
  if (!existsSync(manifest)) {
    if (optional) return false;
    throw new ImageFault(`${path} is not installed: run \`npm ci --ignore-scripts\` first.`);
  }
  const installed: unknown = JSON.parse(readFileSync(manifest, "utf8")).version;
  if (installed === version) return true;
  throw new ImageFault(`${path} is version ${installed}, the lock file says ${version}.`);
}

/** What a package has below its own `node_modules` is a package of its own in the lock file. */
function isNested(project: string, path: string, from: string): boolean {
  return relative(join(project, path), from).split("/")[0] === "node_modules";
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}
