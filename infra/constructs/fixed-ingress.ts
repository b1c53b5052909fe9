import { CfnOutput } from "aws-cdk-lib";
import { CfnEIP } from "aws-cdk-lib/aws-ec2";
import type { CfnService } from "aws-cdk-lib/aws-ecs";
import {
  CfnListener,
  CfnLoadBalancer,
  CfnTargetGroup,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { CfnRecordSet } from "aws-cdk-lib/aws-route53";
import { Construct } from "constructs";
import type { CityContext } from "#infra/city-context.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";
import { seedName } from "#regions/seed-name.ts";

/** Seconds that callers of a task that ends are left to it: it tells them that it goes. */
const DRAIN_SECONDS = 20;
/** How soon somebody who has the name is at another address, as with the name of a task. */
const NAME_SECONDS = "60";

export interface FixedIngressProps {
  readonly context: CityContext;
  readonly network: { readonly subnets: readonly string[]; readonly vpc: string };
}

/**
 * Addresses of a city that outlive its tasks, one in each zone: who runs a fixed seed wants them, and
 * pays $16.4 and two addresses a month. The task sees callers by their own addresses, since it bans by
 * them; its group lets in no more than without. In a fleet with a zone the city's name in it is a record
 * of this stack, and `watch` is told of none. A city that had its task's address before has a record
 * which `watch` wrote: it has to be deleted before this is deployed.
 *
 * @source cloud.md 8
 */
export class FixedIngress extends Construct {
  readonly #listener: CfnListener;
  readonly #group: CfnTargetGroup;
  readonly #peerPort: number;

  constructor(scope: Construct, id: string, { context, network }: FixedIngressProps) {
    super(scope, id);
    const { names, city, deployment } = context;
    this.#peerPort = ENVIRONMENTS[names.environment].peerPort;
    const addresses = network.subnets.map(
      (_, index) =>
        new CfnEIP(this, `Address${index + 1}`, {
          domain: "vpc",
          tags: [{ key: "Name", value: `${names.prefix}-peers-${index + 1}` }],
        }),
    );
    const balancer = new CfnLoadBalancer(this, "Balancer", {
      name: `${names.prefix}-peers`,
      type: "network",
      scheme: "internet-facing",
      ipAddressType: "ipv4",
      subnetMappings: network.subnets.map((subnetId, index) => ({
        subnetId,
        allocationId: addresses[index]?.attrAllocationId ?? "",
      })),
      loadBalancerAttributes: attributes({
        // One task is in one zone; callers have the addresses of both.
        "load_balancing.cross_zone.enabled": true,
        "access_logs.s3.enabled": true,
        "access_logs.s3.bucket": names.buckets.logs,
        "access_logs.s3.prefix": PEER_LOGS,
        "deletion_protection.enabled": false,
      }),
    });
    this.#group = new CfnTargetGroup(this, "Tasks", {
      vpcId: network.vpc,
      targetType: "ip",
      protocol: "TCP",
      port: this.#peerPort,
      healthCheckProtocol: "TCP",
      targetGroupAttributes: attributes({
        "preserve_client_ip.enabled": true,
        "deregistration_delay.timeout_seconds": DRAIN_SECONDS,
      }),
    });
    this.#listener = new CfnListener(this, "Listener", {
      loadBalancerArn: balancer.ref,
      protocol: "TCP",
      port: this.#peerPort,
      defaultActions: [{ type: "forward", targetGroupArn: this.#group.ref }],
    });
    const { zone } = deployment;
    if (city.edge && zone !== undefined) {
      new CfnRecordSet(this, "Seed", {
        hostedZoneId: zone.id,
        name: `${seedName(city, zone)}.`,
        type: "A",
        ttl: NAME_SECONDS,
        resourceRecords: addresses.map(({ ref }) => ref),
      });
    }
    new CfnOutput(this, "Addresses", { value: addresses.map(({ ref }) => ref).join(",") });
  }

  /** Have a service's tasks called at the addresses. @param container who listens in them */
  callAt(service: CfnService, container: string): void {
    service.loadBalancers = [
      {
        containerName: container,
        containerPort: this.#peerPort,
        targetGroupArn: this.#group.ref,
      },
    ];
    // A group that nobody listens for is refused.
    service.addResourceDependency(this.#listener);
  }
}

/** Where in the city's bucket of logs those of the balancer lie. */
export const PEER_LOGS = "peers";

function attributes(
  values: Readonly<Record<string, string | number | boolean>>,
): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: String(value) }));
}
