import { afterEach, describe, expect, it, vi } from "vitest";
import { cityNames, stakeKeyDescription } from "#regions/city-names.ts";
import { sydney } from "#regions/sydney.ts";
import { composeSurvivors, type SurvivorDeps } from "#services/cli/fleet/compose-survivors.ts";
import type { DeployRecord } from "#services/cli/fleet/deploy-ports.ts";
import type { DeployState } from "#services/cli/fleet/deploy-state.ts";
import { destroyCity } from "#services/cli/fleet/destroy-city.ts";
import { operatorName } from "#services/cli/fleet/refuse-held.ts";
import { destroyedLines } from "#services/cli/fleet/run-destroy.ts";
import { callerOf, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { createLogGroups } from "#shared/adapters/aws/log-groups.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { openCannedEndpoint, xmlAnswer } from "../../support/aws/canned-endpoint.ts";
import { runInProcess } from "../../support/run-in-process.ts";

const ACCOUNT = "111122223333";
const REGION = "ap-southeast-2";
const names = cityNames({ environment: "prod", code: "syd", region: REGION, account: ACCOUNT });
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key`;
const zone = { id: "Z1", name: "exos.example" };

describe("the end of a city", () => {
  /** The last order brought a version to `lon`; others were given what they were by earlier ones. */
  const record = (
    version: string | undefined,
    given: DeployState["given"] = {},
  ): Pick<DeployRecord, "read"> => ({
    async read() {
      if (version === undefined) return undefined;
      const ended = { phase: "done", leaves: null, waves: [["lon"]], at: 0, before: { lon: null } };
      return { state: { ...ended, version, given }, tag: "1" } as never;
    },
  });

  it("lets the stack with its data be deleted before the stacks are", async () => {
    const done: string[] = [];
    const ports = {
      record: record("7"),
      unprotect: async (city: string) => void done.push(`unprotect ${city}`),
      cdk: { destroy: async (...words: readonly string[]) => void done.push(words.join(" ")) },
    };
    await destroyCity("syd", ports);
    expect(done).toEqual(["unprotect syd", "syd 7"]);
  });

  it("is by its own release, since that of the last order may be older than the city", async () => {
    const done: string[] = [];
    const ports = {
      record: record("6", { syd: { release: "7", before: null } }),
      unprotect: async () => undefined,
      cdk: { destroy: async (...words: readonly string[]) => void done.push(words.join(" ")) },
    };
    await destroyCity("syd", ports);
    await destroyCity("lon", ports);
    expect(done).toEqual(["syd 7", "lon 6"]);
  });

  it("lifts nothing where nothing was deployed", async () => {
    const never = async () => expect.fail("it was asked for");
    const ports = { record: record(undefined), unprotect: never, cdk: { destroy: never } };
    await expect(destroyCity("syd", ports)).rejects.toMatchObject({ code: "EXOS-E8008" });
  });
});

describe("exos fleet destroy", () => {
  it.each<readonly [string, Partial<DeployState>, string]>([
    ["refuses a city that somebody deploys", {}, "EXOS-E8005 anna@there deploys 2 in loc"],
    ["refuses one of a later wave of his", { waves: [["syd"], ["loc"]] }, "EXOS-E8005"],
    ["goes on where his order is elsewhere", { waves: [["syd"]] }, "EXOS-E8008"],
    ["goes on when he was gone for long", { until: 0 }, "EXOS-E8008"],
    ["goes on with who was killed himself", { operator: operatorName() }, "EXOS-E8008"],
  ])("%s", async (_, some, said) => {
    const order: DeployState = {
      ...{ v: 1, operator: "anna@there", until: 99_999_999_999, version: "2", leaves: null },
      ...{ phase: "deploying", waves: [["loc"]], at: 0, before: { loc: "1" }, raised: {} },
      ...{ given: {}, tries: {}, bakeFrom: 0, reason: null, ...some },
    };
    await using endpoint = await openCannedEndpoint(({ what }) => {
      if (what === "GetCallerIdentity") return xmlAnswer(what, "<Account>000000000000</Account>");
      if (what === "DescribeStacks") return xmlAnswer(what, "<Stacks></Stacks>");
      const headers = { etag: '"1"' };
      if (what.includes("/deploy.json"))
        return { status: 200, text: JSON.stringify(order), headers };
      // There is no release 2, which is where it ends that is not refused.
      return { status: 404, text: "<Error><Code>NoSuchKey</Code></Error>" };
    });
    vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const words = ["fleet", "destroy", "--environment", "local", "--city", "loc"];
    const { err } = await runInProcess([...words, "--confirm", "loc"], {
      environment: { AWS_ENDPOINT_URL: endpoint.url },
    });
    expect(err).toContain(said);
  });
});

/** What there is in the account: things of this city, of another and of nobody. */
const ANSWERS: Readonly<Record<string, string>> = {
  ListTables: JSON.stringify({
    TableNames: ["exos-prod-syd-chain", "exos-prod-syd-coins-g1", "exos-prod-sydx-chain"],
  }),
  ListKeys: JSON.stringify({
    Keys: ["old", "going", "other"].map((id) => ({ KeyId: id, KeyArn: `${KEY}/${id}` })),
    Truncated: false,
  }),
  DescribeParameters: JSON.stringify({ Parameters: [{ Name: "/exos/prod/syd/edge-key" }] }),
  DescribeLogGroups: JSON.stringify({ logGroups: [{ logGroupName: "/exos/prod/syd/rpc" }] }),
};

/** Each key by what is said of it; one of them nobody may look at. */
function keyOf(id: string): string | { readonly status: number; readonly text: string } {
  if (id === "other") return { status: 400, text: `{"__type":"AccessDeniedException"}` };
  const KeyState = id === "going" ? "PendingDeletion" : "Enabled";
  const Description = stakeKeyDescription(names);
  return JSON.stringify({ KeyMetadata: { KeyId: id, Description, KeyState } });
}

async function account(answers: Readonly<Record<string, string>>, hasRecord: boolean) {
  const endpoint = await openCannedEndpoint(({ what, body }) => {
    if (what === "DescribeKey") return keyOf(JSON.parse(body).KeyId);
    if (what.includes("rrset")) {
      const name = hasRecord ? "syd.seed.exos.example." : "tyo.seed.exos.example.";
      const record = `<ResourceRecordSet><Name>${name}</Name><Type>A</Type></ResourceRecordSet>`;
      return `<R><ResourceRecordSets>${record}</ResourceRecordSets></R>`;
    }
    const buckets = answers["ListBuckets"] ?? "";
    if (what.startsWith("GET /")) return `<R><Buckets>${buckets}</Buckets></R>`;
    return answers[what] ?? "{}";
  });
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const caller = callerOf(createDynamoClient({ region: REGION }), endpoint.url);
  const deps = (seed: SurvivorDeps["seed"], has: "missing" | "no repository"): SurvivorDeps => ({
    names,
    s3: createS3Client({ region: "us-east-1", forcePathStyle: true }),
    registry: { find: async () => has },
    logs: createLogGroups(caller),
    seed,
  });
  return { deps, [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose]() };
}
afterEach(() => vi.unstubAllEnvs());

describe("what is left of a city", () => {
  const seed = { zone, name: "syd.seed.exos.example" };

  it("is everything that has its name, of every kind, and nothing of another", async () => {
    const bucket = (name: string) => `<Bucket><Name>${name}</Name></Bucket>`;
    const ListBuckets = bucket(names.buckets.chain) + bucket("exos-prod-sydx-chain");
    await using world = await account({ ...ANSWERS, ListBuckets }, true);
    const left = await composeSurvivors(world.deps(seed, "missing"))();
    expect(left.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "table exos-prod-syd-chain",
      "table exos-prod-syd-coins-g1",
      `bucket exos-prod-syd-${ACCOUNT}-chain`,
      "repository exos-prod-syd-node",
      `staking key ${KEY}/old`,
      "secret /exos/prod/syd/edge-key",
      "log group /exos/prod/syd/rpc",
      "address syd.seed.exos.example",
    ]);
  });

  it("is nothing where there is nothing", async () => {
    await using world = await account({}, false);
    expect(await composeSurvivors(world.deps(seed, "no repository"))()).toEqual([]);
    expect(await composeSurvivors(world.deps(undefined, "no repository"))()).toEqual([]);
  });

  it("is told with what comes of it", () => {
    const table = { kind: "table", name: "exos-prod-syd-chain" } as const;
    const key = { kind: "staking key", name: `${KEY}/old` } as const;
    expect(destroyedLines(sydney, "prod", [])).toEqual([
      "Sydney is removed from prod.",
      "Nothing of it is left.",
    ]);
    const lines = destroyedLines(sydney, "prod", [table, key]);
    expect(lines.slice(1, 4)).toEqual([
      "Left:",
      `  table ${table.name}`,
      `  staking key ${key.name}`,
    ]);
    expect(lines.slice(4).join(" ")).toMatch(/goes on with its tables.* \$1 a month.* another/);
    // There nothing is kept on purpose, and what is left stands in the way.
    expect(destroyedLines(sydney, "local", [table])).toHaveLength(3);
  });
});
