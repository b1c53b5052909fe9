import {
  type CloudFormationClient,
  DescribeStacksCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { awsFaultOf } from "./aws-fault.ts";

type Client = Pick<CloudFormationClient, "send">;

/** Shells of creations that failed, which the CDK's program deletes before it creates anew. */
const CREATION_FAILED: readonly string[] = ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED"];

/**
 * Let a stack be deleted. The CDK's program protects stacks in `deploy`, before it has executed the
 * first change, and never lifts it: neither in `destroy` nor before it deletes what is left of a
 * creation that failed, and CloudFormation refuses both.
 *
 * @param only `failed`: let none be deleted that was ever made whole
 * @returns whether it is there, was protected, and is so no more
 * @throws StoreFault when the world failed
 * @source aws-cdk 2.1148.1, `updateTerminationProtection` and `deployStack`
 */
export async function liftProtection(
  client: Client,
  StackName: string,
  only?: "failed",
): Promise<boolean> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const [{ EnableTerminationProtection, StackStatus = "" } = {}] = Stacks;
    if (EnableTerminationProtection !== true) return false;
    if (only === "failed" && !CREATION_FAILED.includes(StackStatus)) return false;
    const lifted = { StackName, EnableTerminationProtection: false };
    await client.send(new UpdateTerminationProtectionCommand(lifted));
    return true;
  } catch (cause) {
    // CloudFormation says of a stack that is not there that the request is wrong.
    if (cause instanceof Error && /does not exist/.test(cause.message)) return false;
    throw awsFaultOf(cause, `letting the stack ${StackName} be deleted`);
  }
}
