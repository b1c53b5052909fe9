import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import { deployAccess } from "#services/cli/fleet/deploy-access.ts";
import { deleteStack } from "#shared/adapters/aws/delete-stack.ts";
import { openCannedEndpoint, xmlAnswer } from "../../support/aws/canned-endpoint.ts";
import { testSettings } from "../../support/aws/test-settings.ts";

/** An account that trusts somebody, or nobody. */
function account(trusts: boolean) {
  const outputs: Record<string, string> = trusts ? { DeployRoleWave0: "old" } : {};
  const done: string[] = [];
  const ports = {
    async deploy() {
      done.push("deploy");
      outputs["DeployRoleWave0"] = "new";
    },
    remove: async () => void done.push("remove"),
    outputs: async () => outputs,
  };
  return { ports, done };
}

describe("exos fleet access", () => {
  it("deploys who is named, and tells the role of each wave", async () => {
    const { ports, done } = account(true);
    expect(await deployAccess({ isNamed: true, waves: [0, 1] }, ports)).toEqual({
      state: "deployed",
      roles: [
        { wave: 0, role: "new" },
        { wave: 1, role: undefined },
      ],
    });
    expect(done).toEqual(["deploy"]);
  });

  it("takes the roles away where nobody is named any more, and does nothing where nobody was", async () => {
    const trusting = account(true);
    const nobody = { isNamed: false, waves: [0] };
    expect(await deployAccess(nobody, trusting.ports)).toEqual({ state: "removed" });
    expect(trusting.done).toEqual(["remove"]);
    const closed = account(false);
    expect(await deployAccess(nobody, closed.ports)).toEqual({ state: "nobody" });
    expect(closed.done).toEqual([]);
  });
});

describe("the deletion of a stack", () => {
  const gone =
    "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id s does not exist</Message></Error></ErrorResponse>";
  const remove = async (
    answers: Readonly<Record<string, string | { status: number; text: string }>>,
  ) => {
    await using endpoint = await openCannedEndpoint(({ what }) => answers[what]);
    const client = new CloudFormationClient(testSettings(endpoint.url));
    await deleteStack(client, "s").finally(() => client.destroy());
    return endpoint.asked.map(({ what }) => what);
  };

  it("ends when there is none any more", async () => {
    const answers = {
      DeleteStack: xmlAnswer("DeleteStack", ""),
      DescribeStacks: { status: 400, text: gone },
    };
    expect(await remove(answers)).toEqual(["DeleteStack", "DescribeStacks"]);
  });

  it("is a fault where something keeps it", async () => {
    const stack = "<StackName>s</StackName><StackStatus>DELETE_FAILED</StackStatus>";
    const answers = {
      DeleteStack: xmlAnswer("DeleteStack", ""),
      DescribeStacks: xmlAnswer("DescribeStacks", `<Stacks><member>${stack}</member></Stacks>`),
    };
    await expect(remove(answers)).rejects.toThrow("deleting the stack s");
  });
});
