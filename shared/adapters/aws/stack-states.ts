import {
  type CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import { awsFaultOf } from "./aws-fault.ts";

/** One stack as it stands. */
export interface StackState {
  readonly name: string;
  /**
   * `failed`: the last change was undone, and the stack is as it was before; `broken`: neither
   * forwards nor back without a hand.
   */
  readonly state: "absent" | "busy" | "settled" | "failed" | "broken";
  /** CloudFormation's own word and reason, for people. */
  readonly said: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The calls that are made. */
type Client = Pick<CloudFormationClient, "send">;

/**
 * What CloudFormation calls where a stack stands. A new stack is reviewed until somebody executes the
 * change set that is to make it. Whoever was killed before that never will: the stack holds nothing, and
 * the CDK deploys over it as over none.
 *
 * @source API reference, `StackStatus`, `CreateChangeSet`; aws-cdk 2.1148.1, `isCreationFailure`
 */
function stateOf(status: string): StackState["state"] {
  if (status === "DELETE_COMPLETE" || status === "REVIEW_IN_PROGRESS") return "absent";
  if (status.endsWith("_IN_PROGRESS")) return "busy";
  // A creation that was undone, to the end or not, leaves a shell, which the next deployment removes.
  if (/^ROLLBACK_(COMPLETE|FAILED)$/.test(status) || status === "CREATE_FAILED") return "absent";
  if (status === "UPDATE_ROLLBACK_COMPLETE" || status === "UPDATE_FAILED") return "failed";
  return status.endsWith("_FAILED") ? "broken" : "settled";
}

function viewOf(name: string, stack: Stack | undefined): StackState {
  const status = stack?.StackStatus ?? "DELETE_COMPLETE";
  const reason = stack?.StackStatusReason;
  const outputs = (stack?.Outputs ?? []).map(
    ({ OutputKey, OutputValue }) => [OutputKey ?? "", OutputValue ?? ""] as const,
  );
  return {
    name,
    state: stateOf(status),
    said: reason === undefined ? status : `${status}: ${reason}`,
    outputs: Object.fromEntries(outputs),
  };
}

/** CloudFormation answers that a stack does not exist by refusing the request. */
function isAbsent(cause: unknown): boolean {
  return cause instanceof Error && /does not exist/.test(cause.message);
}

/** How each of some stacks stands, in the order asked. @throws StoreFault when the world failed */
export async function stackStates(
  client: Client,
  names: readonly string[],
): Promise<readonly StackState[]> {
  const states: StackState[] = [];
  for (const StackName of names) {
    try {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
      states.push(viewOf(StackName, Stacks?.[0]));
    } catch (cause) {
      if (!isAbsent(cause)) throw awsFaultOf(cause, `looking at the stack ${StackName}`);
      states.push(viewOf(StackName, undefined));
    }
  }
  return states;
}

/** @returns the template that a stack stands on, as JSON; `undefined` where there is no stack */
export async function stackTemplate(client: Client, StackName: string): Promise<unknown> {
  try {
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
    return TemplateBody === undefined ? undefined : JSON.parse(TemplateBody);
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw awsFaultOf(cause, `reading the template of ${StackName}`);
  }
}
