import { CfnEventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Trigger } from "#infra/functions.ts";

/** Starts a function on what a queue delivers; records that fail come again, the others do not. */
export class QueueStart extends Construct {
  readonly mapping: CfnEventSourceMapping;

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly queue: Queue;
      readonly function: IFunction;
      readonly trigger: Extract<Trigger, { kind: "queue" }>;
    },
  ) {
    super(scope, id);
    const { batchSize, concurrencyMax } = props.trigger;
    this.mapping = new CfnEventSourceMapping(this, "Mapping", {
      eventSourceArn: props.queue.queueArn,
      functionName: props.function.functionName,
      batchSize,
      functionResponseTypes: ["ReportBatchItemFailures"],
      ...(concurrencyMax !== undefined && {
        scalingConfig: { maximumConcurrency: concurrencyMax },
      }),
    });
  }
}
