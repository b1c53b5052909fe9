import { IDLE_USAGE } from "#infra/usage.ts";
import type { PricedResource } from "./priced-template.ts";

/** Types that would cost more than a city, whole. @source cloud.md 8, 13 */
const REFUSED_TYPES: Readonly<Record<string, string>> = {
  "AWS::EC2::NatGateway": "a NAT gateway is $33 a month",
  "AWS::ElasticLoadBalancing::LoadBalancer": "a load balancer is $16 a month and more",
};

/** Our own namespace in CloudWatch. */
const NAMESPACE = "Exos";

function sayWhy({ Type, Properties = {} }: PricedResource): string | undefined {
  if (REFUSED_TYPES[Type] !== undefined) return REFUSED_TYPES[Type];
  if (Type === "AWS::ElasticLoadBalancingV2::LoadBalancer" && Properties["Type"] !== "network") {
    return "a load balancer of requests is $16 a month and more; only one of peers can be asked for";
  }
  if (Type === "AWS::EC2::VPCEndpoint" && Properties["VpcEndpointType"] !== "Gateway") {
    return "an interface endpoint is $7 a month and zone; a gateway endpoint is free";
  }
  if (Properties["ProvisionedPollerConfig"] !== undefined) {
    return "provisioned pollers cost more than the function they feed";
  }
  if (Properties["ProvisionedConcurrencyConfig"] !== undefined) {
    return "provisioned concurrency is paid while nobody calls";
  }
  const metric = Properties["MetricName"];
  const known: readonly unknown[] = IDLE_USAGE.metrics;
  if (Properties["Namespace"] === NAMESPACE && !known.includes(metric)) {
    return `a fifth metric of our own, ${String(metric)}, is $0.30 a month`;
  }
  return undefined;
}

/** What the design refuses among resources, a sentence each with the logical id before it. */
export function refusedIn(resources: Readonly<Record<string, PricedResource>>): string[] {
  return Object.entries(resources).flatMap(([id, resource]) => {
    const why = sayWhy(resource);
    return why === undefined ? [] : [`${id}: ${why}`];
  });
}
