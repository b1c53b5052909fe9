import { CfnDashboard } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { AwsCity } from "#infra/city-context.ts";
import { METRIC_NAMESPACE, METRICS } from "#infra/metrics.ts";

/** Of twenty-four columns. */
const WIDTH = 12;
const HEIGHT = 7;

/** The one page of the fleet: each of our four metrics, a line for every city. @source cloud.md 10 */
export class FleetDashboard extends Construct {
  constructor(scope: Construct, id: string, name: string, cities: readonly AwsCity[]) {
    super(scope, id);
    const widgets = METRICS.map((metric, index) => ({
      type: "metric",
      x: (index % 2) * WIDTH,
      y: Math.floor(index / 2) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties: {
        title: metric,
        view: "timeSeries",
        stat: "Maximum",
        period: 60,
        region: "us-east-1",
        metrics: cities.map((city) => [
          METRIC_NAMESPACE,
          metric,
          "City",
          city.code,
          { region: city.host.region, label: city.name },
        ]),
      },
    }));
    new CfnDashboard(this, "Page", {
      dashboardName: name,
      dashboardBody: JSON.stringify({ widgets }),
    });
  }
}
