import { ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import type { City } from "#regions/city.ts";
import type { CITY_OUTPUTS } from "#regions/city-outputs.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { clientSettings, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { decodeTipItem, TIP_KEY } from "#shared/adapters/aws/dynamo-tip.ts";
import { createEcsTaskRuns } from "#shared/adapters/aws/ecs-run-task.ts";
import { createFunctionStart } from "#shared/adapters/aws/function-start.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3Snapshots } from "#shared/adapters/aws/s3-snapshots.ts";
import { readManifests } from "#shared/adapters/embedded/snapshot-files.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import {
  checkAccount,
  cityNamesOf,
  composeFleet,
  type FleetOptions,
  type FleetTools,
} from "./compose-fleet.ts";
import type { PublishedSet } from "./find-witnessed.ts";
import { fleetCommand } from "./fleet-command.ts";
import { createHttpCountedSets } from "./http-counted-sets.ts";
import type { BeginningDeps } from "./load-beginning.ts";
import type { LoadCityDeps } from "./load-city.ts";

type Output = keyof typeof CITY_OUTPUTS.network | keyof typeof CITY_OUTPUTS.node;

/** The loader of a city, and what it may begin with. */
export interface LoaderOfCity extends LoadCityDeps {
  readonly beginning: BeginningDeps;
}

/** ECS answers to `RunTask` slower than other services do. */
const REQUEST_MS = 30_000;

/**
 * The loader of a deployed city, where its stacks say that it is.
 *
 * @throws CommandFailure `EXOS-E8008` for a city that was not deployed
 */
export async function composeLoader(options: FleetOptions, city: City): Promise<LoaderOfCity> {
  const account = await checkAccount(options);
  const tools = await composeFleet(options);
  const { cluster, region, tables } = cityNamesOf(options, city, account);
  const stacks = await tools.stacksOf(city.code);
  const output = (name: Output): string => {
    const value = stacks.map(({ outputs }) => outputs[name]).find(Boolean);
    if (value !== undefined) return value;
    throw new CommandFailure(`${city.name} is not deployed: no stack of it prints ${name}`, {
      code: "EXOS-E8008",
    });
  };
  const task = {
    definition: output("TaskLoad"),
    container: "load",
    subnets: output("Subnets").split(","),
    securityGroup: output("SecurityGroup"),
  };
  const id = output("ConnectMapping");
  const settings = { ...clientSettings(REQUEST_MS), region };
  const lambda = new LambdaClient(settings);
  const clock = {
    sleep: (milliseconds: number) => tools.clock.sleep(milliseconds, options.signal),
  };
  const tasks = createEcsTaskRuns({ client: new ECSClient(settings), cluster });
  const chain = createDynamoTable({ client: createDynamoClient({ region }), table: tables.chain });
  return {
    beginning: openBeginning({ ...options, account }, city, tools),
    async generation() {
      const item = await chain.get(TIP_KEY);
      return item === undefined ? undefined : decodeTipItem(item).gen;
    },
    run: (command, startedBy) => tasks.run({ ...task, command, startedBy }),
    running: () => tasks.running(task.definition),
    ended: (arn) => tasks.ended(arn),
    connect: createFunctionStart({ client: lambda, id, name: `connect of ${city.code}`, clock }),
    again: fleetCommand(`load ${city.code}`, { environment: options.fleet }),
    clock,
    say: options.say,
  };
}

/** What cities published, by the operator's own credentials, and what they counted, by what all answer. */
function openBeginning(
  options: FleetOptions & { readonly account: string },
  { code }: City,
  { baseOf }: Pick<FleetTools, "baseOf">,
): BeginningDeps {
  const { fleet, account, environment, say } = options;
  const network = NETWORKS[ENVIRONMENTS[fleet].network];
  if (network === undefined) throw new RangeError(`${fleet} is of no network`);
  const forcePathStyle = environment["AWS_ENDPOINT_URL"] !== undefined;
  const cities = citiesOf(fleet);
  const namesOf = (city: string) =>
    cityNamesOf(
      options,
      cities.find((one) => one.code === city),
      account,
    );
  async function published(city: string): Promise<readonly PublishedSet[]> {
    const { region, buckets } = namesOf(city);
    const client = createS3Client({ region, forcePathStyle });
    const snapshots = createS3Snapshots(createS3Objects({ client, bucket: buckets.chain }));
    try {
      return (await readManifests(snapshots, network?.name ?? "")).map((set) => ({ ...set, city }));
    } catch (cause) {
      if (!(cause instanceof StoreFault)) throw cause;
      // A city that is not deployed yet has published nothing.
      say(`${city} cannot be asked for its snapshots: ${cause.message}`);
      return [];
    }
  }
  return {
    network,
    city: code,
    cities: cities.map((one) => one.code),
    publishers: cities.filter(({ host }) => host.kind === "aws").map((one) => one.code),
    countedBy: createHttpCountedSets({ baseOf, say }),
    published,
    bucketOf: (city) => namesOf(city).buckets.chain,
    say,
  };
}
