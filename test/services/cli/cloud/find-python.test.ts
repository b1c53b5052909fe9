import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findPython } from "#services/cli/cloud/find-python.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

/** A search path with programs that say what interpreters would, and nothing else. */
function pathOf(programs: Readonly<Record<string, string>>): { readonly PATH: string } {
  const folder = temporaryFolder();
  for (const [name, said] of Object.entries(programs)) {
    const ends = said === "" ? 1 : 0;
    const text = `#!/bin/sh\necho '${said}'\nexit ${ends}\n`;
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  }
  return { PATH: `${join(folder, "absent")}:${folder}` };
}

describe("the search for a Python", () => {
  it.each([
    ["the plain name, which people set up", { python3: "3.11", "python3.13": "3.13" }, "python3"],
    [
      "the newest, where that one is too old",
      { python3: "3.9", "python3.9": "3.9", "python3.11": "3.11", "python3.12": "3.12" },
      "python3.12",
    ],
    [
      "one that the locks know before a later one",
      { python3: "3.27", "python3.27": "3.27", "python3.14": "3.14" },
      "python3.14",
    ],
    [
      "a later one where there is no other",
      { "python3.27": "3.27", "python3.9": "3.9" },
      "python3.27",
    ],
    ["the plain name where a later one is all there is", { python3: "3.27" }, "python3"],
    ["the oldest that does", { python3: "3.9", "python3.10": "3.10" }, "python3.10"],
  ] as const)("takes %s", async (_, versions, command) => {
    const said = Object.entries(versions).map(([name, version]) => [name, `cpython ${version}`]);
    const found = await findPython(pathOf(Object.fromEntries(said)));
    expect(found).toEqual({
      command,
      version: Object.fromEntries(said)[command]?.replace("cpython ", ""),
    });
  });

  it("takes no other implementation, none without venv, and none that is older", async () => {
    const programs = { python3: "pypy 3.11", "python3.13": "", "python3.9": "cpython 3.9" };
    expect(await findPython(pathOf(programs))).toBeUndefined();
  });
});
