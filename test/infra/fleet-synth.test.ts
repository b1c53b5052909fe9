import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Stack } from "aws-cdk-lib";
import { beforeAll, describe, expect, it } from "vitest";
import { ACKNOWLEDGED, sharedId } from "#infra/acknowledge.ts";
import { bundledFunctions } from "#infra/bundle.ts";
import { createApp, NO_IMAGE } from "#infra/create-app.ts";
import {
  CITY_OUTPUTS,
  CITY_STACKS,
  RELEASE_OUTPUT,
  RELEASED_STACK,
  STAKING_OUTPUTS,
} from "#regions/city-outputs.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { CITIES } from "#regions/fleet.ts";
import { local } from "#regions/local.ts";
import { withPrinted } from "#regions/with-printed.ts";
import {
  localFleet,
  productionFleet,
  resourcesOf,
  synthesise,
} from "../support/synthesised-fleet.ts";

const SECONDS_MAX = 15;
const TEMPLATE_BYTES_MAX = 200_000;
const RESOURCES_MAX = 120;
const ACKNOWLEDGED_MAX = 12;

// Loading the CDK and a synthesis take longer than a test may, on a busy machine.
beforeAll(() => {
  productionFleet();
  localFleet();
});

describe("a synthesis of the fleet", () => {
  it("takes seconds, asks nobody anything, and has no finding without a reason", () => {
    // A finding that nobody acknowledged would have ended it.
    const { seconds, busySeconds, lookups, stages } = productionFleet();
    expect(lookups).toBe(0);
    // Beside other work it takes longer, and no more of the processor.
    expect(busySeconds).toBeLessThan(SECONDS_MAX);
    process.stdout.write(
      `synthesis of ${stages.size} stages: ${seconds.toFixed(1)} s, ${busySeconds.toFixed(1)} s of a processor\n`,
    );
    const aws = CITIES.filter(({ host }) => host.kind === "aws");
    expect([...stages.keys()].filter((code) => code.length === 3).sort()).toEqual(
      aws.map(({ code }) => code).sort(),
    );
  });

  it("makes the same five stacks of each city, each within the limits", () => {
    for (const [code, stacks] of productionFleet().stages) {
      if (code.length !== 3) continue;
      expect([...stacks.keys()].sort(), code).toEqual([...CITY_STACKS].sort());
      expect(resourcesOf(stacks).length, code).toBeLessThan(RESOURCES_MAX);
      for (const [name, { size }] of stacks) {
        expect(size, `${code} ${name}`).toBeLessThan(TEMPLATE_BYTES_MAX);
      }
    }
  });

  it("prints the release by the stack that all others are deployed before", () => {
    const app = createApp({
      environment: "prod",
      deployment: EXAMPLE_DEPLOYMENT,
      bundles: undefined,
      imageDigest: NO_IMAGE,
      cities: ["syd"],
    });
    const stage = app.node.findChild("syd").node;
    const under = (name: string): readonly string[] =>
      (stage.findChild(name) as Stack).dependencies.flatMap(({ node }) => [
        node.id,
        ...under(node.id),
      ]);
    expect(CITY_STACKS.at(-1)).toBe(RELEASED_STACK);
    // What is referred to, such as the network, is deployed before by that alone.
    expect(under(RELEASED_STACK)).toEqual(["observe", "node", "storage"]);
  });

  it("lets at most twelve findings stand, each for a reason", () => {
    const { acknowledged } = productionFleet();
    const shared = acknowledged.map(({ id }) =>
      CITIES.reduce((text, { code, host }) => {
        const names = { prefix: `exos-prod-${code}`, account: "111122223333", region: host.region };
        return sharedId(text, names);
      }, id),
    );
    expect([...new Set(shared)].sort()).toEqual(Object.keys(ACKNOWLEDGED).sort());
    expect(Object.keys(ACKNOWLEDGED).length).toBeLessThanOrEqual(ACKNOWLEDGED_MAX);
    for (const { reason } of acknowledged) expect(reason.length).toBeGreaterThan(30);
  });

  it("prints what the operator's tool reads, and nothing else", () => {
    for (const [name, outputs] of Object.entries(CITY_OUTPUTS)) {
      const printed = productionFleet().stages.get("syd")?.get(name)?.Outputs ?? {};
      const own = Object.keys(printed).filter((key) => !key.startsWith("ExportsOutput"));
      const code = name === RELEASED_STACK ? [RELEASE_OUTPUT] : [];
      expect(own.sort(), name).toEqual([...Object.keys(outputs), ...code].sort());
    }
    const staking = localFleet().stages.get("loc")?.get("node")?.Outputs ?? {};
    expect(Object.keys(staking)).toEqual(expect.arrayContaining(Object.keys(STAKING_OUTPUTS)));
  });

  it("exports whatever the node may tell a later stack, so that each release goes back to any other", () => {
    for (const [stages, code] of [
      [productionFleet().stages, "syd"],
      [localFleet().stages, "loc"],
    ] as const) {
      const outputs = Object.entries(stages.get(code)?.get("node")?.Outputs ?? {});
      const isExport = ([name]: (typeof outputs)[number]) => name.startsWith("ExportsOutput");
      const exported = outputs.filter(isExport).map(([, { Value }]) => JSON.stringify(Value));
      // By construction are the others.
      const made = outputs.filter(
        ([name, { Value }]) => name.startsWith("Exos") && typeof Value !== "string",
      );
      expect(made.length).toBeGreaterThan(6);
      for (const [name, { Value }] of made) expect(exported, name).toContain(JSON.stringify(Value));
    }
  });

  it("tells a city that watches of no store before the edge has one", () => {
    const accounts = { prod: "999988887777" };
    // What `exos fleet deploy` hands on of the first wave of a fleet.
    const named = { ...EXAMPLE_DEPLOYMENT, accounts, deployRoles: {} };
    const deployment = withPrinted({ ...named, vector: undefined }, { origins: {} });
    const watcher = resourcesOf(synthesise({ deployment, cities: ["syd"] }).stages.get("syd"));
    const said = JSON.stringify(watcher);
    expect(said).toContain("syd.seed.exos.example");
    expect(said).not.toContain("EXOS_EDGE_STORE");
    expect(said).not.toContain(EXAMPLE_DEPLOYMENT.accounts.prod);
  });

  it("refuses what is not built, or not there", () => {
    const app = { deployment: EXAMPLE_DEPLOYMENT, bundles: undefined, imageDigest: NO_IMAGE };
    expect(() => createApp({ ...app, environment: "local", cities: ["syd"] })).toThrow(
      'local has no AWS city "syd"',
    );
    const [first] = bundledFunctions();
    if (first === undefined) return;
    expect(() => synthesise({ environment: "local", bundles: "/nowhere" })).toThrow(
      `no bundle of "${first}"`,
    );
  });
});

describe("a city on this machine", () => {
  it("is whole but for what its endpoint lacks", () => {
    const types = (stacks: Parameters<typeof resourcesOf>[0]) =>
      new Set(resourcesOf(stacks).map(({ resource }) => resource.Type));
    const here = types(localFleet().stages.get(local.code));
    const there = types(productionFleet().stages.get("syd"));
    expect([...there].filter((type) => !here.has(type))).toEqual([
      "AWS::CloudWatch::CompositeAlarm",
    ]);
    expect([...here].filter((type) => !there.has(type)).sort()).toEqual([
      "AWS::KMS::Alias",
      "AWS::KMS::Key",
    ]);
  });

  it("keeps nothing of its own when it is removed", () => {
    for (const { id, resource } of resourcesOf(localFleet().stages.get(local.code))) {
      expect(resource.DeletionPolicy ?? "Delete", id).toBe("Delete");
    }
  });
});

describe("what outlives a city", () => {
  const kept = () =>
    resourcesOf(productionFleet().stages.get("syd"))
      .filter(({ resource }) => (resource.DeletionPolicy ?? "Delete") !== "Delete")
      .map(({ resource }) => resource);

  it("is its tables, its buckets, its images and its logs", () => {
    const types = kept().map(({ Type }) => Type);
    const isLog = (type: string) => type === "AWS::Logs::LogGroup";
    expect(types.filter((type) => !isLog(type)).sort()).toEqual([
      "AWS::DynamoDB::GlobalTable",
      "AWS::DynamoDB::GlobalTable",
      "AWS::DynamoDB::GlobalTable",
      "AWS::DynamoDB::GlobalTable",
      "AWS::ECR::Repository",
      "AWS::S3::Bucket",
      "AWS::S3::Bucket",
    ]);
    // Eight functions, and all tasks in one.
    expect(types.filter(isLog)).toHaveLength(9);
  });

  it("goes with a creation that failed, but for tables that nobody can delete", () => {
    for (const { Properties = {}, Type, DeletionPolicy } of kept()) {
      const refuses = JSON.stringify(Properties).includes('"DeletionProtectionEnabled":true');
      expect(DeletionPolicy, Type).toBe(refuses ? "Retain" : "RetainExceptOnCreate");
    }
    expect(kept().filter(({ DeletionPolicy }) => DeletionPolicy === "Retain")).toHaveLength(2);
  });

  it("has names of its own, by which the next deployment takes it on", () => {
    const named = ["TableName", "RepositoryName", "BucketName", "LogGroupName"];
    for (const { Properties = {}, Type } of kept()) {
      const names = named.flatMap((name) => Properties[name] ?? []);
      expect(names, Type).toEqual([expect.stringMatching(/^(exos-prod-syd-|\/exos\/prod\/syd\/)/)]);
    }
  });
});

describe("the page above a city", () => {
  const page = /\/\*\*\n \* One city, complete\.[\s\S]*?\*\//.exec(
    readFileSync("infra/city-stage.ts", "utf8"),
  )?.[0];
  const named = [...(page ?? "").matchAll(/`((?:stacks|constructs)?\/?[a-z-]+\.ts)`/g)].map(
    ([, path = ""]) => path,
  );

  it("names every stack, and no file that is not there", () => {
    expect(named.length).toBeGreaterThan(15);
    const gone = named.filter(
      (path) => !["", "constructs/"].some((folder) => existsSync(`infra/${folder}${path}`)),
    );
    expect(gone).toEqual([]);
    const stacks = readdirSync("infra/stacks").map((file) => `stacks/${file}`);
    expect(stacks.filter((path) => !named.includes(path))).toEqual([]);
  });
});
