import {
  type CloudFormationClient,
  DeleteStackCommand,
  waitUntilStackDeleteComplete,
} from "@aws-sdk/client-cloudformation";
import { awsFaultOf } from "./aws-fault.ts";

const LOOK_SECONDS = 2;
const DELETE_SECONDS_MAX = 600;

/** Delete a stack, to the end; one that is not there is deleted. @throws StoreFault when it is not */
export async function deleteStack(client: CloudFormationClient, StackName: string): Promise<void> {
  try {
    await client.send(new DeleteStackCommand({ StackName }));
    const patience = { client, minDelay: LOOK_SECONDS, maxWaitTime: DELETE_SECONDS_MAX };
    await waitUntilStackDeleteComplete(patience, { StackName });
  } catch (cause) {
    throw awsFaultOf(cause, `deleting the stack ${StackName}`);
  }
}
