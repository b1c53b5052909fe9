import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import {
  type FunctionUrl,
  FunctionUrlAuthType,
  InvokeMode,
  type Function as LambdaFunction,
} from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { type CityContext, stackName } from "#infra/city-context.ts";
import { HandlerFunction } from "#infra/constructs/handler-function.ts";
import { leftOut } from "#infra/left-out.ts";
import type { GrantFacts } from "#infra/port-calls.ts";

/** What answers callers: one function for requests, one for streams. @source cloud.md 7.1, 7.3 */
export class RpcStack extends Stack {
  readonly rpc: LambdaFunction;

  constructor(
    scope: Construct,
    context: CityContext,
    props: StackProps & {
      readonly variables: Readonly<Record<string, string>>;
      readonly facts: GrantFacts;
    },
  ) {
    const { variables, facts, ...stackProps } = props;
    super(scope, "rpc", { ...stackProps, stackName: stackName(context.names, "rpc") });
    const create = (name: "rpc" | "rpc-events") =>
      new HandlerFunction(this, name, {
        ...{ context, name, facts },
        variables: { ...variables, ...(isBuffered(context) && { EXOS_ANSWERS: "whole" }) },
      }).function;
    this.rpc = create("rpc");
    const events = create("rpc-events");
    new CfnOutput(this, "RpcUrl", { value: openDoor(this.rpc, context).url });
    new CfnOutput(this, "EventsUrl", { value: openDoor(events, context).url });
    new CfnOutput(this, "FunctionRpc", { value: this.rpc.functionName });
    new CfnOutput(this, "FunctionRpcEvents", { value: events.functionName });
  }
}

/**
 * A URL that AWS lets everybody call: the function itself refuses what the edge did not sign. An
 * answer streams, since a buffered one ends at 6 MB.
 */
function openDoor(door: LambdaFunction, context: CityContext): FunctionUrl {
  return door.addFunctionUrl({
    authType: FunctionUrlAuthType.NONE,
    invokeMode: isBuffered(context) ? InvokeMode.BUFFERED : InvokeMode.RESPONSE_STREAM,
  });
}

/** Whether the endpoint hands on no answer before its end: then a function must not hold one open. */
function isBuffered({ names, driven }: CityContext): boolean {
  return !driven && leftOut(names.environment, "answers that stream");
}
