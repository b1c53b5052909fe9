import { describe, expect, it } from "vitest";
import {
  compareTemplates,
  countTypes,
  type Template,
} from "#services/cli/fleet/compare-templates.ts";

const queue = (visibility: number, about = "a") => ({
  Type: "AWS::SQS::Queue",
  Properties: { VisibilityTimeout: visibility },
  Metadata: { "aws:asset:path": about },
});
const before: Template = {
  Resources: { Kept: queue(1), Changed: queue(1), Gone: queue(1), Moved: queue(1) },
};
const after: Template = {
  Resources: {
    Kept: queue(1, "b"),
    Changed: queue(2),
    New: queue(1),
    Moved: { Type: "AWS::SNS::Topic" },
  },
};

describe("what a deployment would do", () => {
  it("is told by type and name, and not by what only describes", () => {
    expect(compareTemplates(before, after)).toEqual({
      created: ["AWS::SQS::Queue New"],
      changed: ["AWS::SNS::Topic Moved", "AWS::SQS::Queue Changed"],
      removed: ["AWS::SQS::Queue Gone"],
    });
  });

  it("is everything where nothing is deployed, and nothing where all is", () => {
    expect(compareTemplates(undefined, after).created).toHaveLength(4);
    expect(compareTemplates(after, after)).toEqual({ created: [], changed: [], removed: [] });
  });

  it("is counted by type", () => {
    expect(countTypes(after)).toEqual([
      ["AWS::SQS::Queue", 3],
      ["AWS::SNS::Topic", 1],
    ]);
  });
});
