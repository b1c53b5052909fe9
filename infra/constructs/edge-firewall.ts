import { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";

/**
 * Requests of one address in five minutes: half as many again as the cities' own allowance of 600
 * units and 20 a second. It is there against floods; what a client may ask, each city counts.
 * @source interfaces.md 1.3
 */
const REQUESTS_MAX = 10_000;
/**
 * A body of 5,000,000 bytes or more, as its length is declared: a firewall cannot look into one that
 * long. Cities take 4 MiB; a length that is not declared, or a lie, they find out.
 *
 * No group of it or of the next captures: the firewall takes none that does.
 * @source AWS WAF Developer Guide, "Supported regular expression syntax in AWS WAF"
 */
const TOO_LONG = "^0*(?:[5-9][0-9]{6}|[1-9][0-9]{7,})$";
const METHODS = ["GET", "HEAD", "POST", "OPTIONS"];
/** Where something may be sent to: JSON-RPC and the routes of `/v1`, of any city. */
const POSTED = "^(?:/c/[a-z]{3})?(?:/(?:rpc/?|wallet/[^/]*/?|v1/.*)?)?$";

const PLAIN = [{ priority: 0, type: "NONE" }];

/** What is refused, and how callers are told. */
interface Refused {
  readonly name: string;
  readonly status: 405 | 413 | 429;
  readonly headers?: Readonly<Record<string, string>>;
  readonly statement: CfnWebACL.StatementProperty;
}

/** A rule of its own metric name, sampled for nobody: every metric of it is billed. */
function ruleOf(
  { name, status, headers = {}, statement }: Refused,
  priority: number,
): CfnWebACL.RuleProperty {
  const inserted = Object.entries(headers).map(([key, value]) => ({ name: key, value }));
  return {
    name,
    priority,
    action: {
      block: {
        customResponse: {
          responseCode: status,
          ...(inserted.length === 0 ? {} : { responseHeaders: inserted }),
        },
      },
    },
    statement,
    visibilityConfig: {
      cloudWatchMetricsEnabled: false,
      metricName: name,
      sampledRequestsEnabled: false,
    },
  };
}

const isMethod = (text: string): CfnWebACL.StatementProperty => ({
  byteMatchStatement: {
    fieldToMatch: { method: {} },
    positionalConstraint: "EXACTLY",
    searchString: text,
    textTransformations: PLAIN,
  },
});

const isPath = (pattern: string): CfnWebACL.StatementProperty => ({
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString: pattern,
    textTransformations: PLAIN,
  },
});

const not = (statement: CfnWebACL.StatementProperty): CfnWebACL.StatementProperty => ({
  notStatement: { statement },
});

const REFUSED: readonly Refused[] = [
  {
    name: "rate",
    status: 429,
    headers: { "retry-after": "300" },
    statement: { rateBasedStatement: { aggregateKeyType: "IP", limit: REQUESTS_MAX } },
  },
  {
    name: "body",
    status: 413,
    statement: {
      regexMatchStatement: {
        fieldToMatch: { singleHeader: { Name: "content-length" } },
        regexString: TOO_LONG,
        textTransformations: PLAIN,
      },
    },
  },
  {
    name: "method",
    status: 405,
    headers: { allow: METHODS.join(", ") },
    statement: {
      orStatement: {
        statements: [
          not({ orStatement: { statements: METHODS.map(isMethod) } }),
          { andStatement: { statements: [isMethod("POST"), not(isPath(POSTED))] } },
        ],
      },
    },
  },
];

/** The firewall before all cities: three rules, since each is a dollar. @source cloud.md 7.3 */
export class EdgeFirewall extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, name: string) {
    super(scope, id);
    const acl = new CfnWebACL(this, "Acl", {
      name,
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      visibilityConfig: {
        cloudWatchMetricsEnabled: false,
        metricName: name,
        sampledRequestsEnabled: false,
      },
      rules: REFUSED.map(ruleOf),
    });
    this.arn = acl.attrArn;
  }
}
