import { describe, expect, it } from "vitest";
import { ACKNOWLEDGED } from "#infra/acknowledge.ts";
import { CityStage } from "#infra/city-stage.ts";
import { NO_IMAGE, openApp } from "#infra/create-app.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { sydney } from "#regions/sydney.ts";
import { priceTemplates, sumOf } from "#services/cli/fleet/price-templates.ts";
import {
  productionFleet,
  type Resource,
  resourcesOf,
  synthesiseApp,
} from "../support/synthesised-fleet.ts";
import { openTemplateSpec } from "../support/template-spec.ts";

type Properties = Readonly<Record<string, unknown>>;

/** Sydney with two addresses of its own, by all that `infra/` makes of a city. */
const fixed = synthesiseApp((outdir) => {
  const app = openApp({ outdir });
  const { host } = sydney;
  if (host.kind !== "aws") throw new Error("Sydney is a region of AWS.");
  new CityStage(app, {
    environment: "prod",
    city: { ...sydney, host: { ...host, ingress: "nlb" } },
    deployment: EXAMPLE_DEPLOYMENT,
    bundles: undefined,
    imageDigest: NO_IMAGE,
  });
  return app;
});
const stacks = fixed.stages.get("syd");
const resources = resourcesOf(stacks);

const ofType = (type: string): { readonly id: string; readonly resource: Resource }[] =>
  resources.filter(({ resource }) => resource.Type === type);
const only = (type: string): Properties => {
  const found = ofType(type);
  expect(found, type).toHaveLength(1);
  return found[0]?.resource.Properties ?? {};
};
const attributesOf = (value: unknown): Properties =>
  Object.fromEntries(
    (value as readonly { Key: string; Value: unknown }[]).map(({ Key, Value }) => [Key, Value]),
  );
const ELB = "AWS::ElasticLoadBalancingV2";

describe("a city with fixed addresses", () => {
  it("has one in each zone, and every one leads to the task wherever that is", () => {
    const addresses = ofType("AWS::EC2::EIP").map(({ id }) => id);
    expect(addresses).toHaveLength(2);
    const balancer = only(`${ELB}::LoadBalancer`);
    expect(balancer).toMatchObject({ Type: "network", Scheme: "internet-facing" });
    const mappings = balancer["SubnetMappings"] as readonly Properties[];
    expect(mappings.map(({ AllocationId }) => AllocationId)).toEqual(
      addresses.map((id) => ({ "Fn::GetAtt": [id, "AllocationId"] })),
    );
    expect(new Set(mappings.map(({ SubnetId }) => JSON.stringify(SubnetId))).size).toBe(2);
    expect(attributesOf(balancer["LoadBalancerAttributes"])).toMatchObject({
      "load_balancing.cross_zone.enabled": "true",
    });
  });

  it("gives its tasks to whoever calls, by the callers' own addresses", () => {
    const [group] = ofType(`${ELB}::TargetGroup`);
    const [listener] = ofType(`${ELB}::Listener`);
    const { TargetGroupAttributes, ...shape } = group?.resource.Properties ?? {};
    expect(shape).toMatchObject({ TargetType: "ip", Protocol: "TCP", Port: 4562 });
    expect(attributesOf(TargetGroupAttributes)["preserve_client_ip.enabled"]).toBe("true");
    expect(listener?.resource.Properties).toMatchObject({ Protocol: "TCP", Port: 4562 });
    const services = ofType("AWS::ECS::Service").map(({ resource }) => resource);
    const served = services.filter(({ Properties }) => Properties?.["LoadBalancers"] !== undefined);
    expect(served.map(({ Properties }) => Properties?.["ServiceName"])).toEqual(["ingest"]);
    expect(served[0]?.Properties?.["LoadBalancers"]).toEqual([
      { ContainerName: "ingest", ContainerPort: 4562, TargetGroupArn: { Ref: group?.id } },
    ]);
    const graces = services.map(({ Properties }) => Properties?.["HealthCheckGracePeriodSeconds"]);
    expect(graces.toSorted()).toEqual([600, undefined]);
    expect(served[0]).toHaveProperty("DependsOn", expect.arrayContaining([listener?.id]));
  });

  it("is found by the name that `watch` keeps, at addresses instead of a task", () => {
    const told = (from: typeof stacks) => {
      const watch = resourcesOf(from).find(({ resource }) =>
        String(resource.Properties?.["FunctionName"]).endsWith("-watch"),
      );
      const environment = watch?.resource.Properties?.["Environment"] as {
        readonly Variables: Properties;
      };
      return environment.Variables;
    };
    const { EXOS_SEED_ADDRESSES, ...others } = told(stacks);
    const [one, other] = ofType("AWS::EC2::EIP").map(({ id }) => ({ Ref: id }));
    expect(EXOS_SEED_ADDRESSES).toEqual({ "Fn::Join": ["", [one, ",", other]] });
    expect(others).toEqual(told(productionFleet().stages.get("syd")));
    expect(others["EXOS_SEED_NAME"]).toBe("syd.seed.exos.example");
  });

  it("may be given them and lose them: the network exports the same with and without", () => {
    const exported = (from: typeof stacks) =>
      Object.keys(from?.get("network")?.Outputs ?? {}).filter((name) => name.startsWith("Exports"));
    const without = exported(productionFleet().stages.get("syd"));
    expect(exported(stacks).toSorted()).toEqual(without.toSorted());
    expect(without).toHaveLength(4);
  });

  it("writes the log of its balancer where only that may be written", () => {
    const attributes = attributesOf(only(`${ELB}::LoadBalancer`)["LoadBalancerAttributes"]);
    const bucket = String(attributes["access_logs.s3.bucket"]);
    expect(bucket).toMatch(/^exos-prod-syd-\d{12}-logs$/);
    const statements = ofType("AWS::S3::BucketPolicy").flatMap(({ resource }) => {
      const document = resource.Properties?.["PolicyDocument"] as {
        readonly Statement: readonly Properties[];
      };
      return document.Statement.filter(({ Principal }) =>
        JSON.stringify(Principal).includes("delivery.logs.amazonaws.com"),
      );
    });
    expect(statements.map(({ Action }) => Action)).toEqual(["s3:PutObject", "s3:GetBucketAcl"]);
    expect(JSON.stringify(statements[0]?.["Resource"])).toMatch(
      new RegExp(`/${String(attributes["access_logs.s3.prefix"])}/AWSLogs/\\d{12}/\\*`),
    );
    for (const { Condition } of statements) {
      expect(Condition).toHaveProperty("StringEquals.aws:SourceAccount");
    }
  });

  it("is made of what CloudFormation knows, with no finding that others have not", () => {
    const spec = openTemplateSpec();
    expect(resources.flatMap(({ id, resource }) => spec.faultsOf(id, resource))).toEqual([]);
    const known = new Set(productionFleet().acknowledged.map(({ id }) => id));
    expect(fixed.acknowledged.filter(({ id }) => !known.has(id))).toEqual([]);
    expect(Object.keys(ACKNOWLEDGED).length).toBeLessThanOrEqual(12);
  });

  it("pays for the balancer and two addresses, and is named by its price", () => {
    const linesOf = (from: typeof stacks) => priceTemplates([...(from?.values() ?? [])], "spot");
    const lines = linesOf(stacks);
    const added = lines.filter(({ item }) => item === "ingress");
    expect(added.map(({ dollars }) => dollars.toFixed(2))).toEqual(["16.51", "3.65", "3.65"]);
    const others = sumOf(lines) - sumOf(added);
    expect(others).toBeCloseTo(sumOf(linesOf(productionFleet().stages.get("syd"))), 6);
  });
});
