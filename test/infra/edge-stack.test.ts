import { beforeAll, describe, expect, it } from "vitest";
import { METRICS } from "#infra/metrics.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { originOf } from "#regions/edge-names.ts";
import { CITIES } from "#regions/fleet.ts";
import { localFleet, productionFleet, resourcesOf } from "../support/synthesised-fleet.ts";

beforeAll(() => void productionFleet(), 60_000);

function propertiesOf(type: string): Readonly<Record<string, unknown>> {
  const found = resourcesOf(productionFleet().stages.get("edge")).find(
    ({ resource }) => resource.Type === type,
  );
  return found?.resource.Properties ?? {};
}

describe("the edge", () => {
  it("has an origin for every city, named by its letters, asked by TLS only", () => {
    const { DistributionConfig } = propertiesOf("AWS::CloudFront::Distribution") as {
      DistributionConfig: {
        Origins: { Id: string; DomainName: unknown; CustomOriginConfig?: unknown }[];
        ViewerCertificate: { MinimumProtocolVersion: string };
      };
    };
    const cities = DistributionConfig.Origins.filter(({ Id }) => Id !== "web");
    expect(cities.map(({ Id }) => Id)).toEqual(CITIES.map(({ code }) => code));
    for (const { CustomOriginConfig } of cities) {
      expect(CustomOriginConfig).toEqual({
        OriginProtocolPolicy: "https-only",
        OriginSSLProtocols: ["TLSv1.2"],
      });
    }
    expect(DistributionConfig.ViewerCertificate.MinimumProtocolVersion).toBe("TLSv1.2_2021");
  });

  it("asks the host that the deployer wrote down, else a name of the zone", () => {
    expect(originOf({ code: "syd" }, EXAMPLE_DEPLOYMENT)).toBe(
      "syd.lambda-url.ap-southeast-2.on.aws",
    );
    expect(originOf({ code: "nyc" }, EXAMPLE_DEPLOYMENT)).toBe("nyc.origin.exos.example");
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
      Rules: { Name: string; Action: object }[];
    };
    expect(Rules.map(({ Name }) => Name)).toEqual(["rate", "body", "method"]);
    for (const { Action } of Rules) expect(Action).toEqual({ Block: {} });
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
