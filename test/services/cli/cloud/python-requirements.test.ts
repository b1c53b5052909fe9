import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** One requirement each, its continued lines joined. */
const requirementsOf = (path: string): readonly string[] =>
  readFileSync(path, "utf8")
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

const MINISTACK = "services/cli/cloud/ministack-requirements.txt";
const CFN_LINT = "test/support/cfn-lint-requirements.txt";

describe("the locks of what is installed from PyPI", () => {
  it.each([MINISTACK, CFN_LINT])(
    "%s names one version of each package, and the hash of each file",
    (path) => {
      const shape =
        /^[a-z0-9-]+==[\w.]+( ; python_version < "3\.11")?( +--hash=sha256:[0-9a-f]{64})+$/;
      const requirements = requirementsOf(path);
      for (const line of requirements) expect(line).toMatch(shape);
      const names = requirements.map((line) => line.split("==")[0]);
      expect(names).toEqual([...new Set(names)]);
    },
  );

  it.each([
    [MINISTACK, "ministack==1.5.33"],
    // What its keys need.
    [MINISTACK, "cryptography==46.0.7"],
    [CFN_LINT, "cfn-lint==1.58.0"],
  ])("%s holds %s, which the suites were run against", (path, wanted) => {
    expect(requirementsOf(path).map((line) => line.split(" ")[0])).toContain(wanted);
  });
});
