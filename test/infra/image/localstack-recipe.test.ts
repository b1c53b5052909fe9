import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const linesOf = (name: string) =>
  readFileSync(`infra/image/${name}`, "utf8")
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

describe("the recipe of an image of LocalStack", () => {
  it("names one version of each package of Python, and the hash of its file", () => {
    const requirements = linesOf("localstack-requirements.txt");
    for (const line of requirements) {
      expect(line).toMatch(/^[a-z0-9-]+==[\w.]+ +--hash=sha256:[0-9a-f]{64}$/);
    }
    const names = requirements.map((line) => line.split("==")[0]);
    expect(names).toEqual([...new Set(names)]);
    const versions = requirements.map((line) => line.split(" ")[0]);
    expect(versions).toContain("localstack-core==4.14.0");
    // Three of the packages are built when they are installed.
    expect(names).toContain("setuptools");
  });

  it("names each file of DynamoDB by its hash", () => {
    const jars = linesOf("localstack-jars.sha256");
    for (const line of jars) expect(line).toMatch(/^[0-9a-f]{64} {2}[\w.-]+\.(jar|so)$/);
    const names = jars.map((line) => line.split("  ")[1]);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toContain("DynamoDBLocal-3.0.0.jar");
  });
});
