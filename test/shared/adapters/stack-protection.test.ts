import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import { liftProtection } from "#shared/adapters/aws/stack-protection.ts";
import { cannedClient } from "../../support/aws/canned-client.ts";

const STACK = "exos-prod-syd-storage";

/** A stack that stands so, protected or not; nothing of it is there without a status. */
function standing(status: string | undefined, EnableTerminationProtection = true) {
  return cannedClient<CloudFormationClient>({
    DescribeStacks() {
      if (status === undefined) {
        const message = `Stack with id ${STACK} does not exist`;
        throw Object.assign(new Error(message), { name: "ValidationError" });
      }
      return { Stacks: [{ StackStatus: status, EnableTerminationProtection }] };
    },
    UpdateTerminationProtection: () => ({}),
  });
}

const LIFTED = [
  "UpdateTerminationProtection",
  { StackName: STACK, EnableTerminationProtection: false },
];

describe("the protection of a stack", () => {
  it.each(["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "DELETE_FAILED"])(
    "is lifted before it is destroyed: %s",
    async (status) => {
      const { client, asked } = standing(status);
      expect(await liftProtection(client, STACK)).toBe(true);
      expect(asked.at(-1)).toEqual(LIFTED);
    },
  );

  it.each([
    ["ROLLBACK_COMPLETE", true],
    ["ROLLBACK_FAILED", true],
    ["CREATE_COMPLETE", false],
    ["UPDATE_COMPLETE", false],
    ["UPDATE_ROLLBACK_COMPLETE", false],
    ["UPDATE_ROLLBACK_FAILED", false],
    ["DELETE_FAILED", false],
  ])(
    "before it is deployed again is lifted of a creation that failed alone: %s",
    async (...row) => {
      const [status, isLifted] = row;
      const { client, asked } = standing(status);
      expect(await liftProtection(client, STACK, "failed")).toBe(isLifted);
      expect(asked.some(([name]) => name === LIFTED[0])).toBe(isLifted);
    },
  );

  it.each([
    ["there is no such stack", undefined, true],
    ["it has none", "CREATE_COMPLETE", false],
  ] as const)("needs nothing where %s", async (_, status, guarded) => {
    const { client, asked } = standing(status, guarded);
    expect(await liftProtection(client, STACK)).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it("that nobody may lift is a fault", async () => {
    const { client } = cannedClient<CloudFormationClient>({
      DescribeStacks: () => {
        throw Object.assign(new Error("no"), { name: "AccessDenied" });
      },
    });
    await expect(liftProtection(client, STACK)).rejects.toMatchObject({ code: "EXOS-E8104" });
  });
});
