import { CfnOutput } from "aws-cdk-lib";
import { CfnEIP } from "aws-cdk-lib/aws-ec2";
import type { CfnService } from "aws-cdk-lib/aws-ecs";
import {
  CfnListener,
  CfnLoadBalancer,
  CfnTargetGroup,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { Construct } from "constructs";
import type { CityContext } from "#infra/city-context.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";

/** Seconds that callers of a task that ends are left to it: it tells them that it goes. */
const DRAIN_SECONDS = 20;
/** Seconds that a new task is given before it is judged: it listens when its city has a tip, not before. */
const GRACE_SECONDS = 600;

export interface FixedIngressProps {
  readonly context: CityContext;
  readonly network: { readonly subnets: readonly string[]; readonly vpc: string };
}

/**
 * Addresses of a city that outlive its tasks, one in each zone: who runs a fixed seed wants them, and
 * pays $16.4 and two addresses a month. The task sees callers by their own addresses, since it bans by
 * them; its group lets in no more than without. `watch` keeps the city's name on these addresses as it
 * keeps that of others on their tasks', so that a city may be given them, and lose them, as it stands.
 *
 * @source cloud.md 8
 */
export class FixedIngress extends Construct {
  /** IPv4, with commas between them. */
  readonly addresses: string;
  readonly #listener: CfnListener;
  readonly #group: CfnTargetGroup;
  readonly #peerPort: number;

  constructor(scope: Construct, id: string, { context, network }: FixedIngressProps) {
    super(scope, id);
    const { names } = context;
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
        // Of callers by TLS, and there are none: without it every judge of templates asks for it.
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
    this.addresses = addresses.map(({ ref }) => ref).join(",");
    new CfnOutput(this, "Addresses", { value: this.addresses });
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
    service.healthCheckGracePeriodSeconds = GRACE_SECONDS;
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
