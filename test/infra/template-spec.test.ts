import { beforeAll, describe, expect, it } from "vitest";
import { localFleet, productionFleet, resourcesOf } from "../support/synthesised-fleet.ts";
import { openTemplateSpec, type TemplateSpec } from "../support/template-spec.ts";

let spec: TemplateSpec;

beforeAll(() => {
  spec = openTemplateSpec();
  productionFleet();
  localFleet();
});

describe("by Amazon's own specification", () => {
  it("every type and property of the fleet exists, and none is missing", () => {
    const stages = [...productionFleet().stages, ...localFleet().stages];
    const faults = stages.flatMap(([code, stacks]) =>
      resourcesOf(stacks).flatMap(({ id, resource }) => spec.faultsOf(`${code}/${id}`, resource)),
    );
    expect(stages.length).toBe(12);
    expect(faults).toEqual([]);
  });

  it.each([
    ["a type", { Type: "AWS::SQS::Kueue" }, "Q: there is no AWS::SQS::Kueue"],
    [
      "a property",
      { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeOut: 30 } },
      "Q AWS::SQS::Queue has no VisibilityTimeOut",
    ],
    [
      "a property of a property",
      { Type: "AWS::Lambda::Function", Properties: { Code: { S3Buckets: "b" }, Role: "r" } },
      "Q AWS::Lambda::Function.Code has no S3Buckets",
    ],
    [
      "a required property",
      { Type: "AWS::Lambda::Function", Properties: { Code: { ZipFile: "" } } },
      "Q AWS::Lambda::Function lacks Role",
    ],
    [
      "a number",
      { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: "soon" } },
      "Q AWS::SQS::Queue.VisibilityTimeout is no number",
    ],
  ])("a fault in %s is found", (_name, resource, says) => {
    expect(spec.faultsOf("Q", resource)).toContain(says);
  });
});
