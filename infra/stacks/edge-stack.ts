import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnRecordSetGroup } from "aws-cdk-lib/aws-route53";
import type { Construct } from "constructs";
import type { AwsCity } from "#infra/city-context.ts";
import { EdgeDistribution } from "#infra/constructs/edge-distribution.ts";
import { EdgeFirewall } from "#infra/constructs/edge-firewall.ts";
import { FleetDashboard } from "#infra/constructs/fleet-dashboard.ts";
import { SharedBuckets } from "#infra/constructs/shared-buckets.ts";
import type { City } from "#regions/city.ts";
import type { Deployment, DnsZone } from "#regions/deployment.ts";
import { type EdgeNames, originOf, streamOriginOf } from "#regions/edge-names.ts";
import { streamOriginId } from "#regions/stream-origin-id.ts";

/** Dollars a month of the whole fleet, idle and on Spot. @source cloud.md 16 (10) */
const BUDGET_DOLLARS = 150;
/** Zone id of every CloudFront distribution, as Route 53 wants it in an alias. */
const CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2";
/** All of the bucket of releases that everybody may read; what is deployed to AWS lies beside it. */
const PUBLIC_RELEASES = "release/*";

export interface EdgeStackProps extends StackProps {
  readonly names: EdgeNames;
  readonly cities: readonly City[];
  readonly awsCities: readonly AwsCity[];
  readonly deployment: Deployment & { readonly zone: DnsZone };
  readonly router: string;
}

/** What all cities share: the door, the page of assets, the page of the fleet. @source cloud.md 7.3 */
export class EdgeStack extends Stack {
  constructor(scope: Construct, props: EdgeStackProps) {
    const { names, cities: _, awsCities, deployment, router, ...stackProps } = props;
    super(scope, "shared", { ...stackProps, stackName: names.prefix });
    const { zone } = deployment;
    const buckets = new SharedBuckets(this, "Buckets", names);
    const edge = new EdgeDistribution(this, "Edge", {
      name: names.prefix,
      zone,
      origins: originsOf(props),
      router,
      firewall: new EdgeFirewall(this, "Firewall", names.prefix).arn,
      buckets: {
        web: buckets.web.bucketRegionalDomainName,
        release: buckets.release.bucketRegionalDomainName,
        logs: buckets.logs.bucketRegionalDomainName,
      },
    });
    buckets.letReadWeb(this.#reading(edge, buckets.web.arnForObjects("*")));
    buckets.letReadReleases(this.#reading(edge, buckets.release.arnForObjects(PUBLIC_RELEASES)));
    const target = {
      aliasTarget: {
        dnsName: edge.distribution.attrDomainName,
        hostedZoneId: CLOUDFRONT_ZONE,
      },
    };
    new CfnRecordSetGroup(this, "Names", {
      hostedZoneId: zone.id,
      recordSets: [zone.name, `*.${zone.name}`].flatMap((name) =>
        ["A", "AAAA"].map((type) => ({ ...target, name, type })),
      ),
    });
    new FleetDashboard(this, "Dashboard", names.prefix, awsCities);
    this.#createBudget(names, deployment);
    new CfnOutput(this, "EdgeDomain", { value: edge.distribution.attrDomainName });
    new CfnOutput(this, "VectorStore", { value: edge.store.attrArn });
    new CfnOutput(this, "WebBucket", { value: names.buckets.web });
    new CfnOutput(this, "ReleaseBucket", { value: names.buckets.release });
  }

  /** The edge, and nobody else, reads these objects. */
  #reading({ distribution }: EdgeDistribution, objects: string): PolicyStatement {
    const own = `arn:aws:cloudfront::${this.account}:distribution/${distribution.ref}`;
    return new PolicyStatement({
      principals: [new ServicePrincipal("cloudfront.amazonaws.com")],
      actions: ["s3:GetObject"],
      resources: [objects],
      conditions: { StringEquals: { "aws:SourceArn": own } },
    });
  }

  /** The first two of an account cost nothing. */
  #createBudget({ prefix }: EdgeNames, { alarms }: Deployment): void {
    new CfnBudget(this, "Budget", {
      budget: {
        budgetName: prefix,
        budgetType: "COST",
        timeUnit: "MONTHLY",
        budgetLimit: { amount: BUDGET_DOLLARS, unit: "USD" },
      },
      ...(alarms?.kind === "mail" && {
        notificationsWithSubscribers: [
          {
            notification: {
              notificationType: "FORECASTED",
              comparisonOperator: "GREATER_THAN",
              threshold: 100,
            },
            subscribers: [{ subscriptionType: "EMAIL", address: alarms.address }],
          },
        ],
      }),
    });
  }
}

/** Hosts of all cities, then of the functions that hold streams. */
function originsOf({ cities, awsCities, deployment }: EdgeStackProps): Record<string, string> {
  const answers = cities.map((city) => [city.code, originOf(city, deployment)]);
  const streams = awsCities.map((city) => [
    streamOriginId(city.code),
    streamOriginOf(city, deployment),
  ]);
  return Object.fromEntries([...answers, ...streams]);
}
