import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findPython } from "#services/cli/cloud/find-python.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

/** A program that says what an interpreter would. */
function interpreter(folder: string, name: string, said: string, code = 0): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${said}'\nexit ${code}\n`, { mode: 0o755 });
  return path;
}

describe("the search for a Python", () => {
  it("takes the first that every locked package has files for", async () => {
    const folder = temporaryFolder();
    const commands = [
      join(folder, "absent"),
      interpreter(folder, "old", "cpython 3.9"),
      interpreter(folder, "new", "cpython 3.14"),
      interpreter(folder, "other", "pypy 3.11"),
      interpreter(folder, "without-venv", "", 1),
      interpreter(folder, "right", "cpython 3.10"),
      interpreter(folder, "later", "cpython 3.13"),
    ];
    expect(await findPython(commands)).toEqual({ command: commands[5], version: "3.10" });
    expect(await findPython(commands.slice(0, 5))).toBeUndefined();
  });
});
