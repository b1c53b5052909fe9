import {
  type CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import { stackStates, stackTemplate } from "#shared/adapters/aws/stack-states.ts";

/** CloudFormation's answers about stacks by their name, as recorded. */
function canned(stacks: Readonly<Record<string, string>>): Pick<CloudFormationClient, "send"> {
  return {
    async send(command: unknown) {
      if (command instanceof DescribeStacksCommand || command instanceof GetTemplateCommand) {
        const name = command.input.StackName ?? "";
        const status = stacks[name];
        if (status === "DENIED") throw Object.assign(new Error("no"), { name: "AccessDenied" });
        if (status === undefined) {
          const message = `Stack with id ${name} does not exist`;
          throw Object.assign(new Error(message), { name: "ValidationError" });
        }
        if (command instanceof GetTemplateCommand) return { TemplateBody: `{"Resources":{}}` };
        const Outputs = [{ OutputKey: "Version", OutputValue: "1" }];
        return { Stacks: [{ StackStatus: status, StackStatusReason: "so", Outputs }] };
      }
      throw new Error("a call that was not expected");
    },
  } as Pick<CloudFormationClient, "send">;
}

describe("the state of a stack", () => {
  it.each([
    ["CREATE_COMPLETE", "settled"],
    ["UPDATE_COMPLETE", "settled"],
    ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "busy"],
    ["UPDATE_ROLLBACK_IN_PROGRESS", "busy"],
    ["UPDATE_ROLLBACK_COMPLETE", "failed"],
    ["ROLLBACK_COMPLETE", "absent"],
    ["DELETE_COMPLETE", "absent"],
    ["REVIEW_IN_PROGRESS", "absent"],
    ["CREATE_IN_PROGRESS", "busy"],
    ["DELETE_IN_PROGRESS", "busy"],
    ["UPDATE_ROLLBACK_FAILED", "broken"],
    ["ROLLBACK_FAILED", "absent"],
    ["DELETE_FAILED", "broken"],
  ])("%s is %s", async (status, state) => {
    const [found] = await stackStates(canned({ a: status }), ["a"]);
    expect(found).toEqual({ name: "a", state, said: `${status}: so`, outputs: { Version: "1" } });
  });

  it("that was never there is absent, and has no template", async () => {
    const client = canned({ b: "CREATE_COMPLETE" });
    const found = await stackStates(client, ["a", "b"]);
    expect(found.map(({ state }) => state)).toEqual(["absent", "settled"]);
    expect(await stackTemplate(client, "a")).toBeUndefined();
    expect(await stackTemplate(client, "b")).toEqual({ Resources: {} });
  });

  it("that nobody may ask for is a fault", async () => {
    const asked = stackStates(canned({ a: "DENIED" }), ["a"]);
    await expect(asked).rejects.toMatchObject({ name: "StoreFault", code: "EXOS-E8104" });
  });
});
