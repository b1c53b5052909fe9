import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsHost, City } from "#regions/city.ts";
import { type CityNames, cityNames } from "#regions/city-names.ts";
import { CITY_STACKS, UNRELEASED } from "#regions/city-outputs.ts";
import type { Deployment } from "#regions/deployment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { localUrlOf } from "#services/cli/cloud/ask-city.ts";
import { CDK, QUIET } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { clientSettings, createS3Client } from "#shared/adapters/aws/aws-clients.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3Record } from "#shared/adapters/aws/s3-record.ts";
import { type StackState, stackStates, stackTemplate } from "#shared/adapters/aws/stack-states.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { cityDeployment } from "./city-deployments.ts";
import type { CityHealth, Deployments, DeployRecord } from "./deploy-ports.ts";
import { DEPLOY_STATE } from "./deploy-state.ts";
import { createHttpCityHealth } from "./http-city-health.ts";
import { type AccountsWanted, judgeAccount, placesOf } from "./judge-account.ts";
import type { PricedTemplate } from "./price-templates.ts";
import { fetchRelease, type ReleaseObjects } from "./releases.ts";

/** Where releases and the record of deployments are, whatever the cities' regions. */
const RELEASE_REGION = "us-east-1";

/** What works on a fleet asks for, and the cities that it works on. */
export interface FleetOptions
  extends AccountsWanted,
    Pick<CommandContext, "environment" | "signal"> {
  readonly deployment: Deployment;
  say(line: string): void;
}

/** A deployed fleet, and the way to change it. */
export interface FleetTools {
  readonly record: DeployRecord;
  readonly releases: ReleaseObjects;
  readonly deployments: Deployments;
  readonly health: CityHealth;
  readonly clock: ReturnType<typeof createSystemClock>;
  /** Make the bucket of releases, if there is none. */
  prepare(): Promise<void>;
  /** Where a city answers its callers, without a slash at its end; `undefined`: nowhere yet. */
  baseOf(city: string): Promise<string | undefined>;
  /** How the stacks of an AWS city stand, in the order they are deployed. */
  stacksOf(city: string): Promise<readonly StackState[]>;
  /** Templates that the stacks of an AWS city stand on, in the same order; `undefined`: none. */
  templatesOf(city: string): Promise<readonly (PricedTemplate | undefined)[]>;
  destroy(city: string): Promise<void>;
  /** Tables and buckets of a city that there are, whatever its stacks say. */
  survivors(city: string): Promise<readonly string[]>;
}

/**
 * Works with the operator's own credentials, and only in the account that `regions/deployment.ts`
 * names for the cities that are worked on. Releases and the record of deployments are kept in it.
 *
 * @throws CommandFailure `EXOS-E8004` without an account, `EXOS-E8009` with credentials of another
 */
export async function composeFleet(options: FleetOptions): Promise<FleetTools> {
  const { fleet, deployment, environment } = options;
  const account = await checkAccount(options);
  const endpoint = environment["AWS_ENDPOINT_URL"];
  const s3 = createS3Client({ region: RELEASE_REGION, forcePathStyle: endpoint !== undefined });
  const bucket = `exos-${fleet}-${account}-release`;
  const objects = createS3Objects({ client: s3, bucket });
  const clock = createSystemClock();
  const cities = new Map(citiesOf(fleet).map((city) => [city.code, city]));
  const namesOf = (code: string) => cityNamesOf(options, cities.get(code), account);
  const formation = (code: string) =>
    new CloudFormationClient({ ...clientSettings(30_000), region: namesOf(code).region });
  const stacksOf = (code: string): Promise<readonly StackState[]> => {
    const { prefix } = namesOf(code);
    const client = formation(code);
    return stackStates(
      client,
      CITY_STACKS.map((stack) => `${prefix}-${stack}`),
    );
  };
  const releases: ReleaseObjects = {
    put: (key, bytes) => objects.put(key, bytes),
    get: async (key) => (await objects.get(key))?.bytes,
    async list(prefix) {
      const keys: string[] = [];
      for await (const { key } of objects.list(prefix)) keys.push(key);
      return keys;
    },
    drop: (key) => objects.delete(key),
  };
  const cdk = createCdk(options, releases);
  async function baseOf(city: string): Promise<string | undefined> {
    const at = cities.get(city);
    if (at?.edge === true) return deployment.zone && `https://${deployment.zone.name}/c/${city}`;
    const url = (await stacksOf(city)).map(({ outputs }) => outputs["RpcUrl"]).find(Boolean);
    if (url === undefined) return undefined;
    return endpoint === undefined ? url.replace(/\/$/, "") : localUrlOf({ url: endpoint }, url);
  }
  return {
    record: recordIn(s3, bucket),
    releases,
    clock,
    stacksOf,
    async templatesOf(code) {
      const { prefix } = namesOf(code);
      const templates: (PricedTemplate | undefined)[] = [];
      for (const stack of CITY_STACKS) {
        const found = await stackTemplate(formation(code), `${prefix}-${stack}`);
        // CloudFormation keeps no template without resources.
        templates.push(found as PricedTemplate | undefined);
      }
      return templates;
    },
    survivors: (code) => survivorsOf(namesOf(code), s3),
    prepare: () => prepareBucket(s3, bucket),
    deployments: {
      async look(city) {
        if (cdk.isRunning(city)) return { state: "busy" };
        const found = cityDeployment(await stacksOf(city));
        const isHalf = found.state === "settled" && cdk.hasFailed(city);
        // Made by hand, it is no release that one could go back to.
        const isNone = found.state === "settled" && found.version === UNRELEASED;
        return isHalf || isNone ? { state: "settled", version: undefined } : found;
      },
      deploy: (city, version) => cdk.deploy(city, version),
    },
    destroy: (city) => cdk.destroy(city),
    baseOf,
    health: createHttpCityHealth({
      baseOf,
      async alarmOf(code) {
        const city = cities.get(code);
        // Outside AWS nothing raises one.
        return city?.host.kind === "aws" && (await isAlarmed(namesOf(code).prefix, city));
      },
    }),
  };
}

function awsHostOf(city: City | undefined): AwsHost {
  if (city?.host.kind === "aws") return city.host;
  throw new CommandFailure(`${city?.name ?? "that"} is no city on AWS`, { code: "EXOS-E8003" });
}

/** @throws CommandFailure `EXOS-E8003` for a city outside AWS */
export function cityNamesOf(
  { fleet }: Pick<FleetOptions, "fleet">,
  city: City | undefined,
  account: string,
): CityNames {
  const { region } = awsHostOf(city);
  return cityNames({ environment: fleet, code: city?.code ?? "", region, account });
}

/**
 * The account of the credentials, which must be that of everything that is worked on.
 *
 * @throws CommandFailure `EXOS-E8004` where none is named, `EXOS-E8009` with credentials of another
 */
export async function checkAccount(wanted: AccountsWanted): Promise<string> {
  const places = placesOf(wanted);
  const client = new STSClient({ ...clientSettings(), region: RELEASE_REGION });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    return judgeAccount(places, Account);
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    throw awsFaultOf(cause, "asking whose credentials these are");
  } finally {
    client.destroy();
  }
}

/** What is kept when the stacks are gone: tables and buckets that hold what cannot be bought back. */
async function survivorsOf(
  { prefix, region }: CityNames,
  s3: S3Client,
): Promise<readonly string[]> {
  const tables = new DynamoDBClient({ ...clientSettings(), region });
  try {
    const input = { ExclusiveStartTableName: prefix };
    const { TableNames = [] } = await tables.send(new ListTablesCommand(input));
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({ Prefix: prefix }));
    const names = [
      ...TableNames.map((name) => ["table", name] as const),
      ...Buckets.map(({ Name }) => ["bucket", Name ?? ""] as const),
    ];
    return names.filter(([, name]) => name.startsWith(`${prefix}-`)).map((row) => row.join(" "));
  } catch (cause) {
    throw awsFaultOf(cause, `listing what is left of ${prefix}`);
  } finally {
    tables.destroy();
  }
}

/** The bucket that nothing else can have made: what is deployed is read from it. */
async function prepareBucket(client: S3Client, Bucket: string): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket }));
  } catch (cause) {
    if (!(cause instanceof Error && /NotFound|NoSuchBucket|404/.test(cause.name))) {
      throw awsFaultOf(cause, `looking for the bucket ${Bucket}`);
    }
    await client.send(new CreateBucketCommand({ Bucket }));
    const closed = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    };
    const block = { Bucket, PublicAccessBlockConfiguration: closed };
    await client.send(new PutPublicAccessBlockCommand(block));
  }
}

function recordIn(client: S3Client, bucket: string): DeployRecord {
  const record = createS3Record({ client, bucket, key: "deploy.json" });
  return {
    async read() {
      const found = await record.read().catch((cause: unknown) => {
        // The bucket is made by the first deployment.
        if (cause instanceof StoreFault && cause.code === "EXOS-E8102") return undefined;
        throw cause;
      });
      if (found === undefined) return undefined;
      const text = Buffer.from(found.bytes).toString("utf8");
      return { state: DEPLOY_STATE.parse(JSON.parse(text)), tag: found.etag };
    },
    write: (state, tag) => record.replace(Buffer.from(JSON.stringify(state)), tag),
  };
}

/** Whether any alarm of a city is raised: its composite one only sums them up. */
async function isAlarmed(AlarmNamePrefix: string, city: City | undefined): Promise<boolean> {
  const { region } = awsHostOf(city);
  const client = new CloudWatchClient({ ...clientSettings(), region });
  const asked = new DescribeAlarmsCommand({
    AlarmNamePrefix: `${AlarmNamePrefix}-`,
    StateValue: "ALARM",
  });
  try {
    const { MetricAlarms, CompositeAlarms } = await client.send(asked);
    return (MetricAlarms?.length ?? 0) + (CompositeAlarms?.length ?? 0) > 0;
  } catch (cause) {
    throw awsFaultOf(cause, `reading the alarms of ${AlarmNamePrefix}`);
  } finally {
    client.destroy();
  }
}

/** The CLI of the CDK over stored releases, one run a city at a time. */
function createCdk(options: FleetOptions, releases: ReleaseObjects) {
  const { environment, signal, say } = options;
  const cache = join(
    environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    "exos",
    "releases",
  );
  const running = new Set<string>();
  const failed = new Set<string>();
  const run = (words: readonly string[], doing: string): Promise<unknown> =>
    runProgram(process.execPath, [CDK, ...words, ...QUIET], {
      doing,
      signal,
      env: environment,
      cwd: homedir(),
      code: "EXOS-E8183",
    });

  async function unpacked(version: string): Promise<string> {
    const folder = join(cache, version);
    const files = await fetchRelease(version, releases);
    if (files === undefined) {
      throw new CommandFailure(`there is no release ${version}`, { code: "EXOS-E8008" });
    }
    for (const { path, bytes } of files) {
      const file = join(folder, path);
      const known = await readFile(file).catch(() => undefined);
      if (known?.equals(bytes) === true) continue;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
    return folder;
  }

  return {
    isRunning: (city: string) => running.has(city),
    /** Whether the last run of this process for a city failed. */
    hasFailed: (city: string) => failed.has(city),
    async deploy(city: string, version: string): Promise<void> {
      const folder = await unpacked(version);
      const words = ["deploy", `${city}/**`, "--app", folder, "--require-approval", "never"];
      running.add(city);
      failed.delete(city);
      // Not waited for: who deploys a wave looks at all its cities meanwhile.
      void run(words, `deploying ${city}`)
        .catch((cause: unknown) => {
          failed.add(city);
          say(`${city}: ${cause instanceof Error ? cause.message : String(cause)}`);
        })
        .then(() => running.delete(city));
    },
    async destroy(city: string): Promise<void> {
      const { state } = (await recordOfRelease(releases)) ?? {};
      if (state === undefined)
        throw new CommandFailure("nothing was deployed", { code: "EXOS-E8008" });
      const folder = await unpacked(state.version);
      await run(["destroy", `${city}/**`, "--app", folder, "--force"], `removing ${city}`);
    },
  };
}

async function recordOfRelease(releases: ReleaseObjects) {
  const bytes = await releases.get("deploy.json");
  if (bytes === undefined) return undefined;
  return { state: DEPLOY_STATE.parse(JSON.parse(Buffer.from(bytes).toString("utf8"))) };
}
