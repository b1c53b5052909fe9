import { ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import type { City } from "#regions/city.ts";
import type { CITY_OUTPUTS } from "#regions/city-outputs.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { clientSettings } from "#shared/adapters/aws/aws-clients.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { createEcsTaskRuns } from "#shared/adapters/aws/ecs-run-task.ts";
import { checkAccount, cityNamesOf, composeFleet, type FleetOptions } from "./compose-fleet.ts";
import type { LoadCityDeps } from "./load-city.ts";

type Output = keyof typeof CITY_OUTPUTS.network | keyof typeof CITY_OUTPUTS.node;

/** ECS answers to `RunTask` slower than other services do. */
const REQUEST_MS = 30_000;

/**
 * The loader of a deployed city, where its stacks say that it is.
 *
 * @throws CommandFailure `EXOS-E8008` for a city that was not deployed
 */
export async function composeLoader(options: FleetOptions, city: City): Promise<LoadCityDeps> {
  const tools = await composeFleet(options);
  const { cluster, region } = cityNamesOf(options, city, await checkAccount(options));
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
  return {
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
