import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { accessNames } from "#regions/access-names.ts";
import type { AwsHost, City } from "#regions/city.ts";
import { type CityNames, cityNames } from "#regions/city-names.ts";
import { CITY_STACKS, PROTECTED_STACK, type SharedStage } from "#regions/city-outputs.ts";
import type { Deployment } from "#regions/deployment.ts";
import { EDGE_REGION, edgeNames } from "#regions/edge-names.ts";
import { citiesOf } from "#regions/fleet.ts";
import { seedName } from "#regions/seed-name.ts";
import { localUrlOf } from "#services/cli/cloud/ask-city.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { callerOf, clientSettings, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { deleteStack } from "#shared/adapters/aws/delete-stack.ts";
import { createEcrRegistry } from "#shared/adapters/aws/ecr-registry.ts";
import { createLogGroups } from "#shared/adapters/aws/log-groups.ts";
import { createRegionLimits } from "#shared/adapters/aws/region-limits.ts";
import { prepareReleaseBucket } from "#shared/adapters/aws/release-bucket.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createS3Objects, type S3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { liftProtection } from "#shared/adapters/aws/stack-protection.ts";
import { type StackState, stackStates, stackTemplate } from "#shared/adapters/aws/stack-states.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createAwsDeployments } from "./aws-deployments.ts";
import { type CdkRuns, createCdkRuns } from "./cdk-runs.ts";
import { composeGroup } from "./compose-group.ts";
import { composeRecord } from "./compose-record.ts";
import { composeSurvivors, type SurvivorDeps } from "./compose-survivors.ts";
import type { AccessPorts } from "./deploy-access.ts";
import type { EdgePorts } from "./deploy-edge.ts";
import type { CityHealth, Deployments, DeployRecord, ReleaseObjects } from "./deploy-ports.ts";
import { destroyCity } from "./destroy-city.ts";
import { createExternalDeployments } from "./external-deployments.ts";
import type { RegionLimits } from "./fleet-quotas.ts";
import { createHttpCityHealth } from "./http-city-health.ts";
import { type AccountsWanted, accountWanted, judgeAccount } from "./judge-account.ts";
import type { PricedTemplate } from "./priced-template.ts";
import type { ReleaseKey } from "./release-channel.ts";
import type { Survivor } from "./survivor.ts";

/** Where releases and the record of deployments are, whatever the cities' regions. */
const RELEASE_REGION = "us-east-1";

/** What works on a fleet asks for. */
export interface FleetOptions
  extends AccountsWanted,
    Pick<CommandContext, "environment" | "signal"> {
  readonly deployment: Deployment;
  /** What channels are signed with; needed where cities outside AWS are deployed. */
  readonly releaseKey?: ReleaseKey | undefined;
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
  /** What the stack of an AWS city prints that answers callers; nothing before it was deployed. */
  rpcOutputs(city: string): Promise<Readonly<Record<string, string>>>;
  /** Templates that the stacks of an AWS city stand on, in the same order; `undefined`: none. */
  templatesOf(city: string): Promise<readonly (PricedTemplate | undefined)[]>;
  destroy(city: string): Promise<void>;
  /** What AWS allows the account in a region. */
  limitsOf(region: string): RegionLimits;
  /** The template of what stands beside the cities; `undefined` before it was deployed. */
  sharedTemplate(stage: SharedStage): Promise<PricedTemplate | undefined>;
  /** What the stack of what all cities share prints; nothing before it was deployed. */
  edgeOutputs(): Promise<Readonly<Record<string, string>>>;
  readonly edge: EdgePorts;
  readonly access: AccessPorts;
  /** What there is of an AWS city, whatever its stacks say. */
  survivors(city: string): Promise<readonly Survivor[]>;
}

/**
 * Works with the operator's own credentials, and only in the account that `regions/deployment.ts`
 * names for the environment. Releases and the record of deployments are kept in it.
 *
 * @throws CommandFailure `EXOS-E8004` without an account, `EXOS-E8009` with credentials of another
 */
export async function composeFleet(options: FleetOptions): Promise<FleetTools> {
  const { fleet, deployment, environment } = options;
  const account = await checkAccount(options);
  const endpoint = environment["AWS_ENDPOINT_URL"];
  const s3 = createS3Client({ region: RELEASE_REGION, forcePathStyle: endpoint !== undefined });
  const { prefix, buckets } = edgeNames(fleet, account);
  const objects = createS3Objects({ client: s3, bucket: buckets.release });
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
  const releases = releasesIn(objects);
  const record = composeRecord(s3, buckets.release);
  const cdk = createCdkRuns(options, releases);
  async function baseOf(city: string): Promise<string | undefined> {
    const at = cities.get(city);
    if (at?.edge === true) return deployment.zone && `https://${deployment.zone.name}/c/${city}`;
    const url = (await stacksOf(city)).map(({ outputs }) => outputs["RpcUrl"]).find(Boolean);
    if (url === undefined) return undefined;
    return endpoint === undefined ? url.replace(/\/$/, "") : localUrlOf({ url: endpoint }, url);
  }
  const health = createHttpCityHealth({
    baseOf,
    known: [...cities.values()].filter(({ edge }) => edge).map(({ code }) => code),
    // Outside AWS nothing raises one.
    alarmsOf: async (code) =>
      cities.get(code)?.host.kind === "aws" ? raisedAlarms(namesOf(code)) : [],
  });
  const aws = openAws(options, { releases, cdk, stacksOf, namesOf });
  const external = openExternal(options, { releases, clock, health, cities });
  const deploymentsOf = (code: string) => (cities.get(code)?.host.kind === "aws" ? aws : external);
  return {
    record,
    releases,
    clock,
    stacksOf,
    rpcOutputs: (code) => outputsOf(`${namesOf(code).prefix}-rpc`, namesOf(code)),
    templatesOf: (code) => templatesIn(formation(code), namesOf(code)),
    survivors: (code) => survivorsOf(options, { s3, names: namesOf(code), city: cities.get(code) }),
    prepare: () => prepareReleaseBucket(s3, buckets.release),
    deployments: {
      look: (city) => deploymentsOf(city).look(city),
      deploy: (city, version) => deploymentsOf(city).deploy(city, version),
    },
    destroy: (city) =>
      destroyCity(city, { record, cdk, unprotect: () => unprotect(namesOf(city)) }),
    limitsOf: (region) => limitsIn(region),
    sharedTemplate: (stage) =>
      templateOf(formationIn(EDGE_REGION), stage === "edge" ? prefix : accessNames(fleet).prefix),
    edgeOutputs: () => outputsOf(prefix),
    edge: edgePorts(fleet, { releases, cdk }),
    access: accessPorts(fleet, cdk),
    baseOf,
    health,
  };
}

const callerIn = (region: string, endpoint: string | undefined) =>
  callerOf(createDynamoClient({ region }), endpoint);

function registryIn({ region, repository }: CityNames, endpoint: string | undefined) {
  const caller = callerIn(region, endpoint);
  return createEcrRegistry({ caller, repository, registry: endpoint });
}

async function unprotect({ prefix, region }: CityNames, only?: "failed"): Promise<void> {
  await liftProtection(formationIn(region), `${prefix}-${PROTECTED_STACK}`, only);
}

function openAws(
  { environment, say }: FleetOptions,
  parts: Pick<FleetTools, "releases" | "stacksOf"> & {
    readonly cdk: CdkRuns;
    namesOf(city: string): CityNames;
  },
): Deployments {
  const { releases, stacksOf, cdk, namesOf } = parts;
  return createAwsDeployments({
    objects: releases,
    stacksOf,
    async deployStacks(city, version, only) {
      await unprotect(namesOf(city), "failed");
      await cdk.deploy(city, version, only);
    },
    async emptyDefaultGroup(city) {
      const names = namesOf(city);
      const printed = await outputsOf(`${names.prefix}-network`, names);
      await composeGroup(names).empty(printed);
    },
    registryOf: (city) => registryIn(namesOf(city), environment["AWS_ENDPOINT_URL"]),
    say,
  });
}

function survivorsOf(
  { deployment: { zone }, environment }: FleetOptions,
  { s3, names, city }: Pick<SurvivorDeps, "s3" | "names"> & { readonly city: City | undefined },
): Promise<readonly Survivor[]> {
  const endpoint = environment["AWS_ENDPOINT_URL"];
  const hasSeed = city?.edge === true && zone !== undefined;
  const list = composeSurvivors({
    names,
    s3,
    registry: registryIn(names, endpoint),
    logs: createLogGroups(callerIn(names.region, environment["AWS_ENDPOINT_URL_LOGS"] ?? endpoint)),
    seed: hasSeed ? { zone, name: seedName(city, zone) } : undefined,
  });
  return list();
}

async function templatesIn(
  client: CloudFormationClient,
  { prefix }: Pick<CityNames, "prefix">,
): Promise<readonly (PricedTemplate | undefined)[]> {
  const templates: (PricedTemplate | undefined)[] = [];
  for (const stack of CITY_STACKS) {
    templates.push(await templateOf(client, `${prefix}-${stack}`));
  }
  return templates;
}

async function templateOf(
  client: CloudFormationClient,
  stack: string,
): Promise<PricedTemplate | undefined> {
  // CloudFormation keeps no template without resources.
  return (await stackTemplate(client, stack)) as PricedTemplate | undefined;
}

const formationIn = (region: string): CloudFormationClient =>
  new CloudFormationClient({ ...clientSettings(30_000), region });

const limitsIn = (region: string): RegionLimits =>
  createRegionLimits({
    quotas: new ServiceQuotasClient({ ...clientSettings(), region }),
    regions: new EC2Client({ ...clientSettings(), region }),
  });

function edgePorts(
  environment: FleetOptions["fleet"],
  { releases, cdk }: { readonly releases: ReleaseObjects; readonly cdk: CdkRuns },
): EdgePorts {
  return {
    releases,
    deployStored: (version) => cdk.deploy("edge", version),
    deployAnew: (printed) => cdk.deployAnew("edge", { environment, printed }),
  };
}

function accessPorts(environment: FleetOptions["fleet"], cdk: CdkRuns): AccessPorts {
  const { prefix } = accessNames(environment);
  return {
    deploy: () => cdk.deployAnew("access", { environment }),
    remove: () => deleteStack(formationIn(EDGE_REGION), prefix),
    outputs: () => outputsOf(prefix),
  };
}

/** What one stack prints, of the edge's region unless said; nothing of one that is not there. */
export async function outputsOf(
  stack: string,
  { region }: Pick<CityNames, "region"> = { region: EDGE_REGION },
): Promise<Readonly<Record<string, string>>> {
  const [found] = await stackStates(formationIn(region), [stack]);
  return found?.outputs ?? {};
}

/** @throws CommandFailure `EXOS-E8004`, at the first use, where the release key or the zone is missing */
function openExternal(
  { deployment, releaseKey: key, say }: FleetOptions,
  parts: Pick<FleetTools, "releases" | "clock" | "health"> & {
    readonly cities: ReadonlyMap<string, City>;
  },
): Deployments {
  const { releases: objects, clock, health, cities } = parts;
  const { zone } = deployment;
  const closed = () => {
    const message = "cities outside AWS follow a channel: it wants zone, and --release-key FILE";
    throw new CommandFailure(message, { code: "EXOS-E8004" });
  };
  if (key === undefined || zone === undefined)
    return { look: async () => closed(), deploy: async () => closed() };
  return createExternalDeployments({
    objects,
    key,
    origin: `https://${zone.name}`,
    waveOf: (city) => cities.get(city)?.wave ?? 0,
    running: async (city) => (await health.look([city]))[0]?.version,
    clock,
    say,
  });
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
 * The account of the credentials, which must be that of the environment.
 *
 * @throws CommandFailure `EXOS-E8004` where none is named, `EXOS-E8009` with credentials of another
 */
export async function checkAccount(wanted: AccountsWanted): Promise<string> {
  const account = accountWanted(wanted);
  const client = new STSClient({ ...clientSettings(), region: RELEASE_REGION });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    return judgeAccount({ fleet: wanted.fleet, account }, Account);
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    throw awsFaultOf(cause, "asking whose credentials these are");
  } finally {
    client.destroy();
  }
}

function releasesIn(objects: S3Objects): ReleaseObjects {
  return {
    // In parts, where it is a layer of an image.
    put: (key, bytes) => objects.write(key, one(bytes)),
    get: async (key) => (await objects.get(key))?.bytes,
    async list(prefix) {
      const keys: string[] = [];
      for await (const { key } of objects.list(prefix)) keys.push(key);
      return keys;
    },
    drop: (key) => objects.delete(key),
  };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * The city's alarms that are raised, without what is before the name of each. Its composite one only
 * sums them up, later than they are raised, and is not told to who names no kind.
 *
 * @source CloudWatch API reference, `DescribeAlarms`, "AlarmTypes"
 */
async function raisedAlarms({ prefix, region }: CityNames): Promise<readonly string[]> {
  const client = new CloudWatchClient({ ...clientSettings(), region });
  const AlarmNamePrefix = `${prefix}-`;
  try {
    const asked = new DescribeAlarmsCommand({ AlarmNamePrefix, StateValue: "ALARM" });
    const { MetricAlarms = [] } = await client.send(asked);
    return MetricAlarms.map(({ AlarmName = "" }) => AlarmName.slice(AlarmNamePrefix.length));
  } catch (cause) {
    throw awsFaultOf(cause, `reading the alarms of ${prefix}`);
  } finally {
    client.destroy();
  }
}
