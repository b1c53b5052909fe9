import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FILE_CLAIMS, KEY_CLAIMS, type VectorClaim } from "../support/vector-claims.ts";
import { reportVectors } from "../support/vector-report.ts";
import { loadVectors, vectorsPath } from "../support/vectors.ts";

const folder = vectorsPath(".");
const vectors = loadVectors<Record<string, unknown>>("exos-vectors.json");

/** Every file below a folder, by its path from there. */
function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** The line of the table that covers a file: its own, or that of its whole folder. */
function lineOf(file: string): string {
  return file in FILE_CLAIMS ? file : file.replace(/[^/]+$/, "*");
}

/** Whether some test at this place speaks of the vectors. */
function speaksOf(place: string, name: string): boolean {
  const root = join(import.meta.dirname, "../..", place);
  const files = statSync(root).isFile() ? [root] : filesBelow(root).map((file) => join(root, file));
  return files.some((file) => readFileSync(file, "utf8").includes(name));
}

/** Claims whose test does not say the word that stands for the vectors. */
function empty(claims: Readonly<Record<string, VectorClaim>>): string[] {
  return Object.entries(claims).flatMap(([name, claim]) => {
    if (!("by" in claim)) return [];
    const word = (name.split("/").at(-1) ?? name).replace(/\*$/, "").replace(/\.\w+$/, "");
    return speaksOf(claim.by, word || (name.split("/")[0] ?? "")) ? [] : [`${name}: ${claim.by}`];
  });
}

describe("the shared vectors", () => {
  it.skipIf(folder === undefined)("are each run by some test, or wait by name", () => {
    const data = filesBelow(folder ?? "").filter((file) => !/\.md$|COPYING$/.test(file));
    expect([...new Set(data.map(lineOf))].sort()).toEqual(Object.keys(FILE_CLAIMS).sort());
  });

  it.skipIf(vectors === undefined)("are so key by key where one file holds many", () => {
    expect(Object.keys(vectors ?? {}).sort()).toEqual(Object.keys(KEY_CLAIMS).sort());
  });

  it("are named by the tests that claim them", () => {
    expect([...empty(FILE_CLAIMS), ...empty(KEY_CLAIMS)]).toEqual([]);
  });

  it("are listed where they wait", () => {
    const keys = Object.entries(KEY_CLAIMS).map(
      ([key, claim]) => [`exos-vectors.json#${key}`, claim] as const,
    );
    const waiting = [...Object.entries(FILE_CLAIMS), ...keys].flatMap(([name, claim]) =>
      "waiting" in claim ? [{ name, count: claim.cases, reason: claim.waiting }] : [],
    );
    for (const { name, count, reason } of waiting) {
      reportVectors({ name, run: 0, skipped: { count, reason } });
    }
    expect(waiting.map(({ name }) => name)).toEqual(["post-vectors.json"]);
  });
});
