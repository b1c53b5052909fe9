import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { localFleet, productionFleet } from "../support/synthesised-fleet.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** Every text file that is kept, but this one. */
function kept(): { readonly path: string; readonly text: string }[] {
  const paths = globSync(
    [
      "{infra,services,shared,regions,test}/**/*.{ts,mjs,json}",
      "infra/Dockerfile",
      ".ci/run",
      "*.{md,json}",
    ],
    { cwd: ROOT },
  );
  expect(paths.length).toBeGreaterThan(500);
  return paths
    .filter((path) => path !== "test/infra/left-in-tree.test.ts")
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

/** What no file of a project may hold; none of them is one, each is shaped like one. */
const SECRETS = [
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{40}/,
  /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
  /\bxox[abp]-[0-9]{10,}-/,
  /aws_secret_access_key\s*=\s*["']?[A-Za-z0-9/+]{40}/i,
];

beforeAll(() => {
  productionFleet();
  localFleet();
});

describe("the tree", () => {
  it("asks for no package that is something else than it sounds", () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(ROOT, "package.json"), "utf8"),
    ) as Record<string, Record<string, string>>;
    const all = { ...dependencies, ...devDependencies };
    for (const name of ["localstack", "cfn-lint", "aws-sdk", "netlify-lambda"]) {
      expect(all, name).not.toHaveProperty(name);
    }
    // The tag `latest` of the CDK's CLI is a broken 3.0.0.
    expect(all["aws-cdk"]).toMatch(/^2\.1148\./);
    const locked = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
      packages: Record<string, unknown>;
    };
    const names = Object.keys(locked.packages).map((path) => path.split("node_modules/").at(-1));
    expect(names.filter((name) => name === "localstack" || name === "cfn-lint")).toEqual([]);
  });

  it("takes no image and no package by the tag that moves", () => {
    const moving = kept().flatMap(({ path, text }) =>
      !path.endsWith(".md") && /[\w/-]:latest\b/.test(text) ? [path] : [],
    );
    expect(moving).toEqual([]);
  });

  it("holds no secret, and neither does a template", () => {
    const templates = [...productionFleet().stages, ...localFleet().stages].map(
      ([code, stacks]) => ({ path: code, text: JSON.stringify([...stacks]) }),
    );
    for (const { path, text } of [...kept(), ...templates]) {
      for (const secret of SECRETS) expect(secret.test(text), `${secret} in ${path}`).toBe(false);
    }
    // Each pattern finds what it is for.
    const canaries = [
      `AKIA${"Q".repeat(16)}`,
      `-----BEGIN EC PRIVATE KEY-----\n${"A".repeat(44)}`,
      `ghp_${"a".repeat(36)}`,
      "xoxb-1234567890-",
      `aws_secret_access_key = ${"b".repeat(40)}`,
    ];
    canaries.forEach((canary, at) => {
      expect(SECRETS[at]?.test(canary)).toBe(true);
    });
  });
});
