import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { bundleEdge } from "#infra/bundle-edge.ts";
import { METRICS } from "#infra/metrics.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { originOf, streamOriginOf } from "#regions/edge-names.ts";
import { CITIES, citiesOf } from "#regions/fleet.ts";
import { deployEdge } from "#services/cli/fleet/deploy-edge.ts";
import { saveRelease } from "#services/cli/fleet/releases.ts";
import { createCityRouter } from "#services/rpc/city-router.ts";
import { RATE_UNITS_MAX, RATE_UNITS_PER_SECOND } from "#services/rpc/http/rate-limit.ts";
import { RPC_PATHS } from "#services/rpc/http/refuse-rpc.ts";
import { limitsOf } from "#services/rpc/limits.ts";
import { ROUTES } from "#services/rpc/routes/all.ts";
import { memoryReleases } from "../support/memory-releases.ts";
import { createRpcNode } from "../support/rpc-node.ts";
import {
  localFleet,
  productionFleet,
  resourcesOf,
  synthesise,
} from "../support/synthesised-fleet.ts";

beforeAll(() => void productionFleet(), 300_000);

const AWS = CITIES.filter(({ host }) => host.kind === "aws");
/** Of one distribution, unless more is asked for. */
const ORIGINS_MAX = 25;

interface Statement {
  readonly Effect: string;
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

interface BucketPolicy {
  readonly Bucket: unknown;
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

interface CachePolicy {
  readonly Name: string;
  readonly ParametersInCacheKeyAndForwardedToOrigin: {
    readonly QueryStringsConfig: { readonly QueryStrings?: readonly string[] };
  };
}

function propertiesOf(type: string): Readonly<Record<string, unknown>> {
  const found = resourcesOf(productionFleet().stages.get("edge")).find(
    ({ resource }) => resource.Type === type,
  );
  return found?.resource.Properties ?? {};
}

describe("the edge", () => {
  it("asks hosts that whoever deploys it reads out of its template", async () => {
    const bytes = Buffer.from(JSON.stringify(productionFleet().stages.get("edge")?.get("edge")));
    const files = [{ path: "assembly-edge/edgeshared0.template.json", bytes }];
    const releases = memoryReleases();
    await saveRelease({ version: "7", at: 1, files }, releases);
    const nothing = async () => undefined;
    const ports = { releases, deployStored: nothing, deployAnew: nothing };
    const { origins } = EXAMPLE_DEPLOYMENT;
    await deployEdge({ release: "7", printed: { origins } }, ports);
    const moved = { origins: { ...origins, lon: "new.test" } };
    await expect(deployEdge({ release: "7", printed: moved }, ports)).rejects.toThrow(
      `lon is ${origins["lon"]}, and its city prints new.test`,
    );
  });

  it("has an origin for every city and its streams, named by its letters, asked by TLS only", () => {
    const { DistributionConfig } = propertiesOf("AWS::CloudFront::Distribution") as {
      DistributionConfig: {
        Origins: { Id: string; DomainName: unknown; CustomOriginConfig?: unknown }[];
        ViewerCertificate: { MinimumProtocolVersion: string };
      };
    };
    const cities = DistributionConfig.Origins.filter(({ Id }) => !["web", "release"].includes(Id));
    expect(cities.map(({ Id }) => Id)).toEqual([
      ...CITIES.map(({ code }) => code),
      ...AWS.map(({ code }) => `${code}-events`),
    ]);
    expect(DistributionConfig.Origins.length).toBeLessThanOrEqual(ORIGINS_MAX);
    for (const { CustomOriginConfig } of cities) {
      expect(CustomOriginConfig).toEqual({
        OriginProtocolPolicy: "https-only",
        OriginSSLProtocols: ["TLSv1.2"],
      });
    }
    expect(DistributionConfig.ViewerCertificate.MinimumProtocolVersion).toBe("TLSv1.2_2021");
  });

  it.each(["prod", "test"] as const)(
    "is routed to its own origins, and watched for no other city, in %s",
    async (environment) => {
      const router = await bundleEdge(environment);
      const stages =
        environment === "prod"
          ? productionFleet().stages
          : synthesise({ environment, router }).stages;
      const edge = JSON.stringify(stages.get("edge")?.get("edge"));
      const watching = JSON.stringify(stages.get("syd")?.get("node"));
      const codes = citiesOf(environment).map(({ code }) => code);
      expect(watching).toContain(`"EXOS_FLEET_CITIES":"${codes.join(",")}"`);
      for (const { code } of CITIES) {
        const isThere = codes.includes(code);
        expect(edge.includes(`"Id":"${code}"`), code).toBe(isThere);
        expect(router.includes(`code:"${code}"`), code).toBe(isThere);
      }
    },
  );

  it("asks the host that the deployer wrote down, else a name of the zone", () => {
    expect(originOf({ code: "syd" }, EXAMPLE_DEPLOYMENT)).toBe(
      "syd.lambda-url.ap-southeast-2.on.aws",
    );
    expect(originOf({ code: "nyc" }, EXAMPLE_DEPLOYMENT)).toBe("nyc.origin.exos.example");
    expect(streamOriginOf({ code: "syd" }, EXAMPLE_DEPLOYMENT)).toBe(
      "syd-events.lambda-url.ap-southeast-2.on.aws",
    );
    expect(streamOriginOf({ code: "fra" }, EXAMPLE_DEPLOYMENT)).toBe(
      "fra-events.origin.exos.example",
    );
  });

  it("serves the channels of releases and their images, and nothing else of that bucket", () => {
    const { DistributionConfig } = propertiesOf("AWS::CloudFront::Distribution") as {
      DistributionConfig: {
        CacheBehaviors: { PathPattern: string; TargetOriginId: string; AllowedMethods: string[] }[];
        Origins: { Id: string; OriginAccessControlId?: unknown }[];
      };
    };
    const served = DistributionConfig.CacheBehaviors.map(({ PathPattern, TargetOriginId }) => [
      PathPattern,
      TargetOriginId,
    ]);
    expect(served).toEqual([
      ["/assets/*", "web"],
      ["/fleet.json", "web"],
      ["/release/*", "release"],
    ]);
    const origin = DistributionConfig.Origins.find(({ Id }) => Id === "release");
    expect(origin?.OriginAccessControlId).toBeDefined();
    const resources = resourcesOf(productionFleet().stages.get("edge"));
    const names = resources.map(({ resource }) => String(resource.Properties?.["BucketName"]));
    // What is deployed is read from it, so it is older than any stack.
    expect(names.filter((name) => name.endsWith("-release"))).toEqual([]);
    const policies = resources.flatMap(({ resource }) => {
      const { Bucket, PolicyDocument } = (resource.Properties ?? {}) as Partial<BucketPolicy>;
      const isOfIt = typeof Bucket === "string" && Bucket.endsWith("-release");
      return PolicyDocument !== undefined && isOfIt ? PolicyDocument.Statement : [];
    });
    expect(policies.filter(({ Effect }) => Effect === "Deny")).toMatchObject([
      { Principal: { AWS: "*" }, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ]);
    const allowed = policies.filter(({ Effect }) => Effect === "Allow");
    expect(allowed).toMatchObject([
      { Principal: { Service: "cloudfront.amazonaws.com" }, Action: "s3:GetObject" },
    ]);
    expect(JSON.stringify(allowed[0]?.Resource)).toMatch(/-release\/release\/\*"/);
    expect(JSON.stringify(allowed[0]?.Condition)).toContain("aws:SourceArn");
  });

  it("keeps no refusal beyond the moment that it is true for", () => {
    const { DistributionConfig } = propertiesOf("AWS::CloudFront::Distribution") as {
      DistributionConfig: {
        CustomErrorResponses: { ErrorCode: number; ErrorCachingMinTTL: number }[];
      };
    };
    const kept = DistributionConfig.CustomErrorResponses.map((row) => [
      row.ErrorCode,
      row.ErrorCachingMinTTL,
    ]);
    expect(kept).toEqual([404, 405, 414, 500, 502, 503, 504].map((code) => [code, 0]));
  });

  it("keeps answers apart by every query name that a route knows", () => {
    const { CachePolicyConfig } = resourcesOf(productionFleet().stages.get("edge"))
      .map(({ resource }) => resource)
      .filter(({ Type }) => Type === "AWS::CloudFront::CachePolicy")
      .map(({ Properties }) => Properties as { CachePolicyConfig: CachePolicy })
      .find((policy) => policy.CachePolicyConfig.Name.endsWith("-answers")) ?? {
      CachePolicyConfig: undefined,
    };
    const names = CachePolicyConfig?.ParametersInCacheKeyAndForwardedToOrigin.QueryStringsConfig;
    const known = ROUTES.filter(({ method }) => method === "get").flatMap((route) => {
      const query = route.config().request?.query;
      return query instanceof z.ZodObject ? Object.keys(query.shape) : [];
    });
    const operations = ["maxlag", "topics"];
    expect(names?.QueryStrings?.toSorted()).toEqual(
      [...new Set([...known, ...operations])].toSorted(),
    );
    expect(names?.QueryStrings?.length).toBeLessThanOrEqual(10);
  });

  it("tells a city where the viewer is and what the router stamped, but not the viewer's host", () => {
    const { OriginRequestPolicyConfig } = propertiesOf("AWS::CloudFront::OriginRequestPolicy") as {
      OriginRequestPolicyConfig: { HeadersConfig: { Headers: string[] } };
    };
    const { Headers } = OriginRequestPolicyConfig.HeadersConfig;
    expect(Headers).toEqual(
      expect.arrayContaining([
        "CloudFront-Viewer-Latitude",
        "CloudFront-Viewer-Longitude",
        "x-exos-client",
        "x-exos-edge",
      ]),
    );
    expect(Headers.map((name) => name.toLowerCase())).not.toContain("host");
    expect(Headers.length).toBeLessThanOrEqual(10);
  });

  it("keeps answers as long as their city says, and never by who asked", () => {
    for (const { resource } of resourcesOf(productionFleet().stages.get("edge"))) {
      if (resource.Type !== "AWS::CloudFront::CachePolicy") continue;
      const { CachePolicyConfig } = resource.Properties as {
        CachePolicyConfig: {
          MinTTL: number;
          DefaultTTL: number;
          ParametersInCacheKeyAndForwardedToOrigin: Record<string, object>;
        };
      };
      expect([CachePolicyConfig.MinTTL, CachePolicyConfig.DefaultTTL]).toEqual([0, 0]);
      expect(CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin).toMatchObject({
        CookiesConfig: { CookieBehavior: "none" },
        HeadersConfig: { HeaderBehavior: "none" },
      });
    }
  });

  it("has three rules before it, each of them a block", () => {
    const { Rules } = propertiesOf("AWS::WAFv2::WebACL") as {
      Rules: {
        Name: string;
        Action: { Block: { CustomResponse: { ResponseCode: number } } };
      }[];
    };
    expect(Rules.map(({ Name }) => Name)).toEqual(["rate", "body", "method"]);
    const told = Rules.map(({ Action }) => Action.Block.CustomResponse.ResponseCode);
    expect(told).toEqual([429, 413, 405]);
  });

  it("lets through what a city takes: its allowance of requests, 4 MiB, and every path of a POST", async () => {
    const rules = JSON.stringify(propertiesOf("AWS::WAFv2::WebACL")["Rules"]);
    const [, limit] = /"Limit":(\d+)/.exec(rules) ?? [];
    expect(Number(limit)).toBeGreaterThanOrEqual(RATE_UNITS_MAX + 300 * RATE_UNITS_PER_SECOND);
    const patterns = [...rules.matchAll(/"RegexString":"((?:[^"\\]|\\.)*)"/g)];
    const [tooLong, posted] = patterns.map(([, text = ""]) => new RegExp(JSON.parse(`"${text}"`)));
    // A group that captures is refused.
    for (const [, text = ""] of patterns) {
      expect(new RegExp(`${JSON.parse(`"${text}"`)}|`).exec(""), text).toHaveLength(1);
    }
    const bodyBytesMax = limitsOf({ kind: "city" }).bodyBytes;
    for (const bytes of [0, 200_000, bodyBytesMax, 4_999_999]) {
      expect(tooLong?.test(String(bytes)), String(bytes)).toBe(false);
    }
    for (const bytes of [5_000_000, 9_999_999, 10_000_000, 123_456_789]) {
      expect(tooLong?.test(String(bytes)), String(bytes)).toBe(true);
    }
    const routes = ROUTES.filter(({ method }) => method === "post").map(({ path }) => path);
    const paths = [...routes, ...RPC_PATHS, ""].flatMap((path) => [path || "/", `/c/syd${path}`]);
    const { deps } = await createRpcNode([], { city: "syd" });
    const city = createCityRouter(deps, new Map([["syd", deps]]));
    const refuses = async (path: string) => {
      const headers = { host: "127.0.0.1" };
      const asked = new Request(`http://127.0.0.1${path}`, { method: "POST", headers, body: "{}" });
      return [404, 405].includes((await city.fetch(asked, {})).status);
    };
    for (const path of paths) {
      expect([await refuses(path), posted?.test(path)], path).toEqual([false, true]);
    }
    for (const path of ["/assets/x", "/release/channel-3.json", "/readyz", "/x", "/c/sydney"]) {
      expect([await refuses(path), posted?.test(path)], path).toEqual([true, false]);
    }
  });

  it("shows our four metrics, a line for every AWS city in its own region", () => {
    const { DashboardBody } = propertiesOf("AWS::CloudWatch::Dashboard");
    const { widgets } = JSON.parse(String(DashboardBody)) as {
      widgets: { properties: { title: string; metrics: unknown[][] } }[];
    };
    expect(widgets.map(({ properties }) => properties.title)).toEqual([...METRICS]);
    const regions = widgets[0]?.properties.metrics.map((metric) => metric.at(-1));
    const aws = CITIES.filter(({ host }) => host.kind === "aws");
    expect(regions).toEqual(aws.map(({ host, name }) => ({ region: host.region, label: name })));
  });

  it("is not there for a city on this machine", () => {
    expect([...localFleet().stages.keys()]).toEqual(["loc"]);
  });
});
