import { ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import type { City } from "#regions/city.ts";
import type { CITY_OUTPUTS } from "#regions/city-outputs.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { clientSettings, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { decodeTipItem, TIP_KEY } from "#shared/adapters/aws/dynamo-tip.ts";
import { createEcsTaskRuns } from "#shared/adapters/aws/ecs-run-task.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3Snapshots } from "#shared/adapters/aws/s3-snapshots.ts";
import { readSegmentItem, segmentKey } from "#shared/adapters/aws/segment-items.ts";
import { readManifests } from "#shared/adapters/embedded/snapshot-files.ts";
import { segmentOf } from "#shared/coins/segment.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { checkAccount, cityNamesOf, composeFleet, type FleetOptions } from "./compose-fleet.ts";
import type { CountedDigest, WitnessDeps } from "./find-witnessed.ts";
import type { LoadCityDeps } from "./load-city.ts";

type Output = keyof typeof CITY_OUTPUTS.network | keyof typeof CITY_OUTPUTS.node;

/** The loader of a city, and who may vouch for what it begins with. */
export interface LoaderOfCity extends LoadCityDeps {
  witness(from: City): SnapshotWitness;
}

/** What another city published, and what all of them counted. */
export interface SnapshotWitness extends WitnessDeps {
  readonly bucket: string;
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
  const UUID = output("ConnectMapping");
  const settings = { ...clientSettings(REQUEST_MS), region };
  const lambda = new LambdaClient(settings);
  const tasks = createEcsTaskRuns({ client: new ECSClient(settings), cluster });
  const chain = createDynamoTable({ client: createDynamoClient({ region }), table: tables.chain });
  return {
    witness: (from) => openWitness({ ...options, account }, from),
    async generation() {
      const item = await chain.get(TIP_KEY);
      return item === undefined ? undefined : decodeTipItem(item).gen;
    },
    run: (command) => tasks.run({ ...task, command }),
    ended: (arn) => tasks.ended(arn),
    connect: {
      command: `aws lambda update-event-source-mapping --region ${region} --uuid ${UUID} --enabled`,
      async set(Enabled) {
        const request = new UpdateEventSourceMappingCommand({ UUID, Enabled });
        await lambda.send(request).catch((cause: unknown) => {
          throw awsFaultOf(cause, `turning connect of ${city.code} ${Enabled ? "on" : "off"}`);
        });
      },
    },
    clock: { sleep: (milliseconds) => tools.clock.sleep(milliseconds, options.signal) },
    say: options.say,
  };
}

/** Asks the tables of every city, with the operator's own credentials. */
function openWitness(
  options: FleetOptions & { readonly account: string },
  from: City,
): SnapshotWitness {
  const { fleet, account, environment, say } = options;
  const { region, buckets } = cityNamesOf(options, from, account);
  const forcePathStyle = environment["AWS_ENDPOINT_URL"] !== undefined;
  const s3 = createS3Client({ region, forcePathStyle });
  const snapshots = createS3Snapshots(createS3Objects({ client: s3, bucket: buckets.chain }));
  async function countedBy(city: City, height: number): Promise<CountedDigest> {
    const names = cityNamesOf(options, city, account);
    const client = createDynamoClient({ region: names.region });
    try {
      const chain = createDynamoTable({ client, table: names.tables.chain });
      const item = await chain.get(segmentKey(segmentOf(height)));
      return { city: city.code, muhash: item && readSegmentItem(item).muhash };
    } catch (cause) {
      if (!(cause instanceof StoreFault)) throw cause;
      // A city that is not deployed yet is no witness, and none against it.
      say(`${city.code} cannot be asked: ${cause.message}`);
      return { city: city.code, muhash: undefined };
    }
  }
  const cities = citiesOf(fleet).filter(({ host }) => host.kind === "aws");
  return {
    bucket: buckets.chain,
    published: () => readManifests(snapshots, ENVIRONMENTS[fleet].network),
    digestsAt: (height) => Promise.all(cities.map((city) => countedBy(city, height))),
  };
}
