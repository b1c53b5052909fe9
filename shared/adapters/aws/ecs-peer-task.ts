import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  type Service,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import type { PeerTask, TaskProvider } from "#shared/ports/peer-task.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { awsFaultOf } from "./aws-fault.ts";

const PROVIDERS: Readonly<Record<TaskProvider, string>> = {
  spot: "FARGATE_SPOT",
  "on-demand": "FARGATE",
};

export interface EcsPeerTaskOptions {
  readonly client: Pick<ECSClient, "send">;
  /** `cluster/service`. */
  readonly service: string;
  /** Public address of a network interface; ECS itself does not say it. */
  addressOf(networkInterface: string): Promise<string | undefined>;
}

/** The service of the peer process on ECS. @source cloud.md 7.2 */
export function createEcsPeerTask(options: EcsPeerTaskOptions): PeerTask {
  const { client } = options;
  const [cluster = "", service = ""] = options.service.split("/");
  return {
    async see() {
      const found = await orFault(options, async () => {
        const command = new DescribeServicesCommand({ cluster, services: [service] });
        return (await client.send(command)).services?.find(({ status }) => status === "ACTIVE");
      });
      if (found === undefined) return undefined;
      const interfaces = (found.runningCount ?? 0) === 0 ? [] : await interfacesOf(options);
      const [first] = interfaces;
      return {
        running: found.runningCount ?? 0,
        provider: providerOf(found),
        since: unixSeconds(Math.floor(changedMs(found) / 1_000)),
        address: first === undefined ? undefined : await options.addressOf(first),
      };
    },
    async use(provider) {
      const capacityProviderStrategy = [{ capacityProvider: PROVIDERS[provider], weight: 1 }];
      const command = new UpdateServiceCommand({
        cluster,
        service,
        capacityProviderStrategy,
        forceNewDeployment: true,
      });
      await orFault(options, () => client.send(command));
    },
  };
}

function providerOf({ capacityProviderStrategy = [] }: Service): TaskProvider {
  const isSpot = capacityProviderStrategy.some(
    ({ capacityProvider }) => capacityProvider === PROVIDERS.spot,
  );
  return isSpot ? "spot" : "on-demand";
}

/** When the deployment began that runs now. */
function changedMs({ deployments = [], createdAt }: Service): number {
  const primary = deployments.find(({ status }) => status === "PRIMARY");
  return (primary?.createdAt ?? createdAt)?.getTime() ?? 0;
}

async function interfacesOf({ client, service: path }: EcsPeerTaskOptions): Promise<string[]> {
  const [cluster = "", serviceName = ""] = path.split("/");
  return orFault({ service: path }, async () => {
    const list = new ListTasksCommand({ cluster, serviceName, desiredStatus: "RUNNING" });
    const { taskArns = [] } = await client.send(list);
    if (taskArns.length === 0) return [];
    const { tasks = [] } = await client.send(
      new DescribeTasksCommand({ cluster, tasks: taskArns }),
    );
    const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
    return running.flatMap(({ attachments = [] }) =>
      attachments
        .flatMap(({ details = [] }) => details)
        .flatMap(({ name, value }) =>
          name === "networkInterfaceId" && value !== undefined ? [value] : [],
        ),
    );
  });
}

async function orFault<T>(
  { service }: Pick<EcsPeerTaskOptions, "service">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw awsFaultOf(cause, `asking about the service ${service}`);
  }
}
