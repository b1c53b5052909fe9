import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { METRIC_NAMESPACE, type MetricName } from "#infra/metrics.ts";
import { type CityNames, functionName } from "#regions/city-names.ts";

/** When one metric is worth waking somebody. */
interface AlarmShape {
  readonly says: string;
  readonly metric: Metric;
  readonly comparison: "above" | "below";
  readonly threshold: number;
  /** Periods of the metric that are looked at, and how many of them must be bad. */
  readonly periods: number;
  readonly bad: number;
  /** Silence is as bad as a bad value: only where the metric is written every minute. */
  readonly silenceIsBad: boolean;
}

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

function ours({ code }: CityNames, metricName: MetricName): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { City: code },
    period: MINUTE,
    statistic: "Maximum",
  });
}

function ofQueue(queueName: string, metricName: string): Metric {
  return new Metric({
    namespace: "AWS/SQS",
    metricName,
    dimensionsMap: { QueueName: queueName },
    period: MINUTE,
    statistic: "Maximum",
  });
}

/** Six, one metric each: an alarm is billed by its metrics. @source cloud.md 10 */
function shapesOf(names: CityNames): Readonly<Record<string, AlarmShape>> {
  const { queues } = names;
  const once = { comparison: "above", periods: 1, bad: 1, silenceIsBad: false } as const;
  const dead = (queue: string): AlarmShape => ({
    ...once,
    says: `A message of ${queue} could not be handled: exos fleet redrive, which is always safe.`,
    metric: ofQueue(queue, "ApproximateNumberOfMessagesVisible"),
    threshold: 0,
  });
  return {
    TipAge: {
      says: `The tip is older than 15 minutes: exos fleet status ${names.code} --environment ${names.environment} tells the reason.`,
      metric: ours(names, "TipAgeSeconds"),
      comparison: "above",
      threshold: 900,
      periods: 5,
      bad: 3,
      silenceIsBad: true,
    },
    Dead: dead(queues.dead),
    DeadFifo: dead(queues.deadFifo),
    ConnectWaits: {
      ...once,
      says: "A block has waited five minutes to be connected: look at the log of connect.",
      metric: ofQueue(queues.connect, "ApproximateAgeOfOldestMessage"),
      threshold: 300,
    },
    Peers: {
      says: "Fewer than three peers for half an hour: look at the log of ingest.",
      metric: ours(names, "Peers"),
      comparison: "below",
      threshold: 3,
      periods: 30,
      bad: 30,
      silenceIsBad: true,
    },
    RpcErrors: {
      ...once,
      says: "The answering function failed more than 20 times in five minutes: look at its log.",
      metric: new Metric({
        namespace: "AWS/Lambda",
        metricName: "Errors",
        dimensionsMap: { FunctionName: functionName(names, "rpc") },
        period: FIVE_MINUTES,
        statistic: "Sum",
      }),
      threshold: 20,
    },
  };
}

/** The alarms of one city, told to one topic. */
export class CityAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, names: CityNames, topic: ITopic) {
    super(scope, id);
    this.all = Object.entries(shapesOf(names)).map(([name, shape]) => {
      const alarm = new Alarm(this, name, {
        alarmName: `${names.prefix}-${name}`,
        alarmDescription: shape.says,
        metric: shape.metric,
        comparisonOperator:
          shape.comparison === "above"
            ? ComparisonOperator.GREATER_THAN_THRESHOLD
            : ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: shape.threshold,
        evaluationPeriods: shape.periods,
        datapointsToAlarm: shape.bad,
        treatMissingData: shape.silenceIsBad
          ? TreatMissingData.BREACHING
          : TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(new SnsAction(topic));
      return alarm;
    });
  }
}
