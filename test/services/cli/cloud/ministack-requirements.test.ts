import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const text = readFileSync("services/cli/cloud/ministack-requirements.txt", "utf8");
/** One requirement each, its continued lines joined. */
const requirements = text
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

describe("the lock of the local endpoint", () => {
  it("names one version of each package, and the hash of each file", () => {
    const shape =
      /^[a-z0-9-]+==[\w.]+( ; python_version < "3\.11")?( +--hash=sha256:[0-9a-f]{64})+$/;
    for (const line of requirements) expect(line).toMatch(shape);
    const names = requirements.map((line) => line.split("==")[0]);
    expect(names).toEqual([...new Set(names)]);
  });

  it("holds the emulator that the suites were run against, and what its keys need", () => {
    const versions = requirements.map((line) => line.split(" ")[0]);
    expect(versions).toContain("ministack==1.5.33");
    expect(versions).toContain("cryptography==46.0.7");
  });
});
