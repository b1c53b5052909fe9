import { DescribeServicesCommand, type ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import type { ReplayTask } from "#shared/ports/replay-task.ts";
import { awsFaultOf } from "./aws-fault.ts";

/**
 * A service on ECS whose task is wanted or not: whoever changes it passes no role on, which no role
 * of a city may.
 *
 * @param options `service` as `cluster/service`
 */
export function createEcsReplayTask(options: {
  readonly client: Pick<ECSClient, "send">;
  readonly service: string;
}): ReplayTask {
  const { client } = options;
  const [cluster = "", service = ""] = options.service.split("/");
  const faultOf = (cause: unknown) => awsFaultOf(cause, `asking about the service ${service}`);
  return {
    async isWanted() {
      const request = new DescribeServicesCommand({ cluster, services: [service] });
      const { services = [] } = await client.send(request).catch((cause: unknown) => {
        throw faultOf(cause);
      });
      const found = services.find(({ status }) => status === "ACTIVE");
      return found && (found.desiredCount ?? 0) > 0;
    },
    async want(isWanted) {
      const request = new UpdateServiceCommand({
        cluster,
        service,
        desiredCount: isWanted ? 1 : 0,
      });
      await client.send(request).catch((cause: unknown) => {
        throw faultOf(cause);
      });
    },
  };
}
