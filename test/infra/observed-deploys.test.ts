import { generateKeyPairSync } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { CITIES, WAVES } from "#regions/fleet.ts";
import { composeFleet, type FleetTools, outputsOf } from "#services/cli/fleet/compose-fleet.ts";
import { composeGroup } from "#services/cli/fleet/compose-group.ts";
import { readPrinted } from "#services/cli/fleet/read-printed.ts";
import { openReleaseKey } from "#services/cli/fleet/release-channel.ts";
import { dropOldReleases, fetchRelease, saveRelease } from "#services/cli/fleet/releases.ts";
import { findImage, saveImage } from "#services/cli/fleet/stored-image.ts";
import { runWaves } from "#services/cli/fleet/wave-engine.ts";
import { openDeployedAccount } from "../support/aws/deployed-account.ts";
import { deployPolicies } from "../support/deploy-policies.ts";
import { smallImage } from "../support/memory-releases.ts";
import { allows, type PolicyRequest, type PolicyRule } from "../support/policy-matcher.ts";
import { singleRules } from "../support/role-policies.ts";
import { productionFleet } from "../support/synthesised-fleet.ts";

const ACCOUNT = EXAMPLE_DEPLOYMENT.accounts.prod ?? "";
const VERSION = "2";
/** It has an image, and is no release: what comes after the push ends there, and starts no CDK. */
const PUSHED = "1";
const RELEASE_OBJECTS = `arn:aws:s3:::exos-prod-${ACCOUNT}-release/`;
/** Whose credentials they are is told without any right. */
const isFree = ({ action }: PolicyRequest) => action === "sts:GetCallerIdentity";
/** Made by the CDK's program, which is compared with the assembly elsewhere; of an upload that failed. */
const isUnseen = ({ actions: [action = ""] }: PolicyRule) =>
  action === "sts:AssumeRole" || action === "s3:AbortMultipartUpload";

let account: Awaited<ReturnType<typeof openDeployedAccount>>;

const pair = generateKeyPairSync("ed25519");
const releaseKey = openReleaseKey(
  pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  pair.publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex"),
);

/** The fleet's tools, as the commands of one wave have them. */
async function toolsOf(
  wave: number,
  say: (line: string) => void = () => undefined,
): Promise<FleetTools> {
  account.run(wave);
  return composeFleet({
    fleet: "prod",
    deployment: EXAMPLE_DEPLOYMENT,
    releaseKey,
    environment: { AWS_ENDPOINT_URL: account.url },
    signal: new AbortController().signal,
    say,
  });
}

/** What `exos fleet deploy` does before a wave where its release is new. */
async function build({ prepare, record, releases, clock, ...tools }: FleetTools): Promise<void> {
  // Whoever asks before the bucket is there learns that nothing was deployed.
  expect(await record.read()).toBeUndefined();
  await prepare();
  for (const version of [VERSION, PUSHED]) await saveImage(version, smallImage(version), releases);
  expect(Object.keys((await readPrinted("prod", tools)).origins)).toHaveLength(9);
  const files = [{ path: "manifest.json", bytes: Buffer.from("{}") }];
  await saveRelease({ version: VERSION, at: clock.now(), files }, releases);
}

/** What it does with a release; `exos fleet status` and `rollback` ask no more. */
async function deploy(wave: number): Promise<void> {
  let told: (() => void) | undefined;
  const { deployments, releases } = await toolsOf(wave, (line) => {
    if (line.endsWith(`there is no release ${PUSHED}`)) told?.();
  });
  const cities = WAVES[wave] ?? [];
  expect(await fetchRelease(VERSION, releases)).toBeDefined();
  expect(await findImage(VERSION, releases)).toBeDefined();
  for (const { code, host } of cities) {
    // What comes after the run of the CDK, which is not made here.
    if (host.kind === "aws") {
      const { region } = host;
      const prefix = `exos-prod-${code}`;
      const printed = await outputsOf(`${prefix}-network`, { region });
      await composeGroup({ region }).empty(printed);
    }
    const ended = new Promise<void>((resolve) => {
      told = resolve;
    });
    await deployments.deploy(code, host.kind === "aws" ? PUSHED : VERSION);
    if (host.kind === "aws") await ended;
  }
  // Another process, which knows nothing of a city that did not get where it should.
  const tools = await toolsOf(wave);
  const clock = { now: () => tools.clock.now(), sleep: async () => void (await turn()) };
  const waves = [cities.map(({ code }) => code)];
  const order = { operator: `wave ${wave}`, version: VERSION, waves, bakeSeconds: 0 };
  const { signal } = new AbortController();
  const { state } = await runWaves(order, { ...tools, clock, signal, say: () => undefined });
  // Each of them runs it already, and nothing keeps it from being watched to the end.
  expect(state).toBe("done");
}

beforeAll(async () => {
  productionFleet();
  account = await openDeployedAccount(ACCOUNT, VERSION);
  vi.stubEnv("AWS_ENDPOINT_URL", account.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.stubEnv("AWS_REGION", "us-east-1");
  const here = fetch;
  // Cities answer at the edge, which is not here; each runs what is deployed and says no more.
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) =>
    String(url).startsWith(account.url)
      ? here(url, init)
      : Response.json({ reasons: [], version: VERSION }),
  );
  await build(await toolsOf(0));
  for (const wave of WAVES.keys()) await deploy(wave);
  await dropOldReleases({ keep: 0, spare: new Set() }, (await toolsOf(0)).releases);
}, 300_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await account[Symbol.asyncDispose]();
});

/** S3 judges a read by that too, to tell an object that is absent from one that is forbidden. */
const impliedBy = ({ action, resource }: PolicyRequest): readonly PolicyRequest[] =>
  action === "s3:GetObject"
    ? [{ action: "s3:ListBucket", resource: resource.replace(/\/.*/, "") }]
    : [];

const text = (request: PolicyRequest): string => JSON.stringify(request);

/** Each request of a wave once. */
function askedBy(wave: number): readonly PolicyRequest[] {
  const all = (account.asked.get(wave) ?? []).flatMap((one) => [one, ...impliedBy(one)]);
  const once = new Map(all.filter((one) => !isFree(one)).map((one) => [text(one), one]));
  return [...once.values()];
}

describe("whoever deploys a wave", () => {
  it("is granted everything that deploying it asks for, by his role and its limit", () => {
    for (const { wave, rules, boundary } of deployPolicies()) {
      const asked = askedBy(wave);
      expect(asked.length, `wave ${wave}`).toBeGreaterThan(5);
      const refused = asked.filter(
        (request) => !(allows(rules, request) && allows(boundary, request)),
      );
      expect(refused, `wave ${wave}`).toEqual([]);
    }
    const counts = WAVES.map((_, wave) => askedBy(wave).length);
    process.stdout.write(`deploys: ${counts.join(", ")} requests of waves 0 to 3 observed\n`);
  });

  it("is granted nothing that it does not ask for", () => {
    for (const { wave, rules } of deployPolicies()) {
      const asked = askedBy(wave);
      const unused = singleRules(rules).filter(
        (rule) => !isUnseen(rule) && !asked.some((request) => allows([rule], request)),
      );
      expect(unused, `wave ${wave}`).toEqual([]);
    }
  });

  it("is refused what others ask for their waves, but to read what every release is told", () => {
    for (const { wave, rules } of deployPolicies()) {
      const own = new Set(askedBy(wave).map(text));
      const others = [...WAVES.keys()]
        .filter((other) => other !== wave)
        .flatMap((other) => askedBy(other))
        .filter((request) => !own.has(text(request)));
      expect(others.length, `wave ${wave}`).toBeGreaterThan(10);
      const allowed = others.filter((request) => allows(rules, request));
      // Anybody's release, which all of them read.
      const shared = allowed.filter(
        ({ action, resource }) => action === "s3:GetObject" && resource.startsWith(RELEASE_OBJECTS),
      );
      expect(
        allowed.filter((one) => !shared.includes(one)),
        `wave ${wave}`,
      ).toEqual([]);
    }
  });

  it("changes nothing of a city of another wave, whoever builds", () => {
    const changing = [...WAVES.keys()]
      .flatMap((wave) => askedBy(wave))
      .filter(({ action }) => action.startsWith("ecr:") && action !== "ecr:GetAuthorizationToken");
    for (const { wave, rules } of deployPolicies()) {
      for (const request of changing.filter((one) => allows(rules, one))) {
        const city = CITIES.find(({ code }) => request.resource.endsWith(`-${code}-node`));
        expect(city?.wave, text(request)).toBe(wave);
      }
    }
  });
});
