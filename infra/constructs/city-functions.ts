import type { CfnEventSourceMapping, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { CityContext } from "#infra/city-context.ts";
import type { CityQueues } from "#infra/constructs/city-queues.ts";
import { EventStart } from "#infra/constructs/event-start.ts";
import { HandlerFunction } from "#infra/constructs/handler-function.ts";
import { QueueStart } from "#infra/constructs/queue-start.ts";
import { FUNCTION_SHAPES } from "#infra/functions.ts";
import type { GrantFacts } from "#infra/port-calls.ts";
import type { FunctionName } from "#regions/city-names.ts";

export interface CityFunctionsProps {
  readonly context: CityContext;
  readonly facts: GrantFacts;
  readonly variables: Readonly<Record<string, string>>;
  readonly queues: CityQueues;
}

/** The functions of a city that no caller reaches, each with what starts it. @source cloud.md 7.1 */
export class CityFunctions extends Construct {
  /** Of `connect`: a city stands still while it is off. */
  readonly connectMapping: CfnEventSourceMapping;
  readonly byName: ReadonlyMap<FunctionName, LambdaFunction>;

  constructor(scope: Construct, id: string, props: CityFunctionsProps) {
    super(scope, id);
    const { context, queues } = props;
    const byName = new Map<FunctionName, LambdaFunction>();
    const create = (name: FunctionName) => {
      const made = new HandlerFunction(this, name, { ...props, name }).function;
      byName.set(name, made);
      return made;
    };
    const drain = (name: "check" | "connect" | "mempool") => {
      const { trigger } = FUNCTION_SHAPES[name];
      if (trigger.kind !== "queue") throw new Error(`"${name}" is not started by a queue.`);
      const queue = { blocks: queues.blocks, connect: queues.connect }[trigger.queue as string];
      return new QueueStart(this, `${name}-start`, {
        queue: queue ?? queues.transactions,
        function: create(name),
        trigger,
      }).mapping;
    };
    drain("check");
    this.connectMapping = drain("connect");
    drain("mempool");
    for (const name of ["mempool-follow", "index-follow"] as const) {
      new EventStart(this, `${name}-start`, {
        function: create(name),
        source: { kind: "topic", topic: queues.follow },
        dead: queues.deadEvents,
      });
    }
    new EventStart(this, "watch-start", {
      function: create("watch"),
      source: { kind: "minute", name: `${context.names.prefix}-watch` },
      dead: queues.deadEvents,
    });
    if (context.city.staking) create("stake-sign");
    this.byName = byName;
  }
}
