import { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";

/** Requests of one address in five minutes; a page with its map asks about thirty. */
const REQUESTS_MAX = 3_000;
/** What a firewall can look at of a body; a larger transaction goes to a city's own door. */
const BODY_BYTES_MAX = 65_536;
const METHODS = ["GET", "HEAD", "POST", "OPTIONS"];

const PLAIN = [{ priority: 0, type: "NONE" }];

/** A rule of its own metric name, sampled for nobody: every metric of it is billed. */
function ruleOf(
  name: string,
  priority: number,
  statement: CfnWebACL.StatementProperty,
): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    action: { block: {} },
    statement,
    visibilityConfig: {
      cloudWatchMetricsEnabled: false,
      metricName: name,
      sampledRequestsEnabled: false,
    },
  };
}

/** The firewall before all cities: three rules, since each is a dollar. @source cloud.md 7.3 */
export class EdgeFirewall extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, name: string) {
    super(scope, id);
    const method = (text: string): CfnWebACL.StatementProperty => ({
      byteMatchStatement: {
        fieldToMatch: { method: {} },
        positionalConstraint: "EXACTLY",
        searchString: text,
        textTransformations: PLAIN,
      },
    });
    const acl = new CfnWebACL(this, "Acl", {
      name,
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      associationConfig: {
        requestBody: { CLOUDFRONT: { defaultSizeInspectionLimit: "KB_64" } },
      },
      visibilityConfig: {
        cloudWatchMetricsEnabled: false,
        metricName: name,
        sampledRequestsEnabled: false,
      },
      rules: [
        ruleOf("rate", 0, {
          rateBasedStatement: { aggregateKeyType: "IP", limit: REQUESTS_MAX },
        }),
        ruleOf("body", 1, {
          sizeConstraintStatement: {
            fieldToMatch: { body: { oversizeHandling: "MATCH" } },
            comparisonOperator: "GT",
            size: BODY_BYTES_MAX,
            textTransformations: PLAIN,
          },
        }),
        ruleOf("method", 2, {
          notStatement: { statement: { orStatement: { statements: METHODS.map(method) } } },
        }),
      ],
    });
    this.arn = acl.attrArn;
  }
}
