import { Duration } from "aws-cdk-lib";
import {
  CfnCachePolicy,
  CfnDistribution,
  CfnFunction,
  CfnKeyValueStore,
  CfnOriginAccessControl,
  CfnOriginRequestPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { Construct } from "constructs";
import { acknowledge } from "#infra/acknowledge.ts";

export interface EdgeDistributionProps {
  /** Prefix of the names of its parts. */
  readonly name: string;
  /** DNS zone that it answers, and every name one level below. */
  readonly zone: { readonly name: string; readonly certificate: string };
  /** Hosts by the ids of their origins: of the cities, in the order of preference, then of streams. */
  readonly origins: Readonly<Record<string, string>>;
  /** Text of the CloudFront Function that chooses among them. */
  readonly router: string;
  readonly firewall: string;
  /** Domains of the buckets of assets and of releases, and of the one that access logs go to. */
  readonly buckets: { readonly web: string; readonly release: string; readonly logs: string };
}

/** Origin ids of the buckets, and what each of them serves. */
const SERVED = { web: ["/assets/*", "/fleet.json"], release: ["/release/*"] } as const;
const METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];
const READS = ["GET", "HEAD"];
const FAILURES = [404, 405, 414, 500, 502, 503, 504];
/** Query names that answers differ by: those of every route, ten at most. */
const QUERY = ["before", "count", "cursor", "from", "kind", "limit", "maxlag", "q", "to", "topics"];
/** All that a city is told of a viewer; its own host stays its own. */
const HEADERS = [
  "Accept",
  "CloudFront-Viewer-Latitude",
  "CloudFront-Viewer-Longitude",
  "Content-Type",
  "Last-Event-ID",
  "Origin",
  "X-Request-Id",
  "x-exos-client",
  "x-exos-edge",
];

/** One distribution before all cities. @source cloud.md 7.3 */
export class EdgeDistribution extends Construct {
  readonly distribution: CfnDistribution;
  /** The vector of health and the edge's keys. */
  readonly store: CfnKeyValueStore;

  constructor(scope: Construct, id: string, props: EdgeDistributionProps) {
    super(scope, id);
    const { name, zone, origins } = props;
    this.store = new CfnKeyValueStore(this, "Store", { name });
    const router = new CfnFunction(this, "Router", {
      name,
      autoPublish: true,
      functionCode: props.router,
      functionConfig: {
        comment: "nearest healthy city",
        runtime: "cloudfront-js-2.0",
        keyValueStoreAssociations: [{ keyValueStoreArn: this.store.attrArn }],
      },
    });
    const access = new CfnOriginAccessControl(this, "Access", {
      originAccessControlConfig: {
        name,
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      },
    });
    const [first = ""] = Object.keys(origins);
    const toBucket = {
      viewerProtocolPolicy: "redirect-to-https",
      cachePolicyId: this.#createCachePolicy(`${name}-assets`, []),
      allowedMethods: READS,
      compress: true,
    };
    this.distribution = new CfnDistribution(this, "Distribution", {
      distributionConfig: {
        enabled: true,
        httpVersion: "http2and3",
        ipv6Enabled: true,
        aliases: [zone.name, `*.${zone.name}`],
        comment: name,
        webAclId: props.firewall,
        logging: { bucket: props.buckets.logs, prefix: "edge/", includeCookies: false },
        viewerCertificate: {
          acmCertificateArn: zone.certificate,
          minimumProtocolVersion: "TLSv1.2_2021",
          sslSupportMethod: "sni-only",
        },
        origins: [
          ...Object.entries(origins).map(([code, domainName]) => ({
            id: code,
            domainName,
            customOriginConfig: {
              originProtocolPolicy: "https-only",
              originSslProtocols: ["TLSv1.2"],
            },
          })),
          ...(["web", "release"] as const).map((id) => ({
            id,
            domainName: props.buckets[id],
            originAccessControlId: access.attrId,
            s3OriginConfig: { originAccessIdentity: "" },
          })),
        ],
        defaultCacheBehavior: {
          targetOriginId: first,
          viewerProtocolPolicy: "redirect-to-https",
          allowedMethods: METHODS,
          compress: true,
          cachePolicyId: this.#createCachePolicy(`${name}-answers`, QUERY),
          originRequestPolicyId: this.#createOriginPolicy(name),
          functionAssociations: [
            { eventType: "viewer-request", functionArn: router.attrFunctionArn },
          ],
        },
        // A refusal is true for the moment alone; left to itself the edge keeps it for ten seconds.
        customErrorResponses: FAILURES.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
        cacheBehaviors: Object.entries(SERVED).flatMap(([targetOriginId, paths]) =>
          paths.map((pathPattern) => ({ ...toBucket, targetOriginId, pathPattern })),
        ),
      },
    });
    acknowledge(this.distribution, "AwsSolutions-CFR1");
  }

  /** An answer is kept as long as its city says; the key is the path and these query names. */
  #createCachePolicy(name: string, queryNames: readonly string[]): string {
    const query =
      queryNames.length === 0
        ? { queryStringBehavior: "none" }
        : { queryStringBehavior: "whitelist", queryStrings: [...queryNames] };
    return new CfnCachePolicy(this, queryNames.length === 0 ? "AssetCache" : "AnswerCache", {
      cachePolicyConfig: {
        name,
        minTtl: 0,
        defaultTtl: 0,
        maxTtl: Duration.days(365).toSeconds(),
        parametersInCacheKeyAndForwardedToOrigin: {
          enableAcceptEncodingBrotli: true,
          enableAcceptEncodingGzip: true,
          cookiesConfig: { cookieBehavior: "none" },
          headersConfig: { headerBehavior: "none" },
          queryStringsConfig: query,
        },
      },
    }).ref;
  }

  #createOriginPolicy(name: string): string {
    return new CfnOriginRequestPolicy(this, "OriginRequest", {
      originRequestPolicyConfig: {
        name,
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "whitelist", headers: HEADERS },
        queryStringsConfig: { queryStringBehavior: "all" },
      },
    }).ref;
  }
}
