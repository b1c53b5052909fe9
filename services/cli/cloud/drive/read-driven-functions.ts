import * as z from "zod";
import { followerOutput } from "#regions/city-outputs.ts";
import type { DrivenFunction, DrivenStart } from "#services/cli/cloud/drive/driven-function.ts";
import type { CityOutputs } from "#services/cli/cloud/read-outputs.ts";

const RESOURCE = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).optional(),
});
const TEMPLATE = z.object({ Resources: z.record(z.string(), RESOURCE) });
type Resource = z.infer<typeof RESOURCE>;

const FUNCTION = z.object({
  FunctionName: z.string(),
  Timeout: z.int(),
  MemorySize: z.int(),
  ReservedConcurrentExecutions: z.int().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
const MAPPING = z.object({
  BatchSize: z.int(),
  EventSourceArn: z.unknown(),
  FunctionName: z.object({ Ref: z.string() }),
  ScalingConfig: z.object({ MaximumConcurrency: z.int() }).optional(),
});
const OF_FUNCTION = z.object({ "Fn::GetAtt": z.tuple([z.string(), z.literal("Arn")]) });
const SUBSCRIPTION = z.object({ Protocol: z.literal("lambda"), Endpoint: OF_FUNCTION });
const SCHEDULE = z.object({
  ScheduleExpression: z.string(),
  Target: z.object({ Arn: OF_FUNCTION }),
});
const URL_OF = z.object({ TargetFunctionArn: OF_FUNCTION });
const IMPORT = z.object({ "Fn::ImportValue": z.string() });

/** A mapping without a limit of its own; one process is enough for a city on one machine. */
const RUNS_MAX = 1;
const SECONDS = { minute: 60, minutes: 60, hour: 3_600, hours: 3_600 } as const;

/**
 * A value of a template, with what another stack printed in place of what is imported from it.
 *
 * @throws RangeError for what was not printed, or is no import
 */
function resolved(value: unknown, outputs: CityOutputs): string {
  if (typeof value === "string") return value;
  const imported = IMPORT.parse(value)["Fn::ImportValue"];
  // Stack and output, with a colon between, as the CDK names what it exports.
  const found = outputs[imported.split(":").at(-1) ?? ""];
  if (found === undefined) throw new RangeError(`no stack prints ${imported}`);
  return found;
}

/** URL of the queue of an ARN. @throws RangeError where no stack prints it */
function queueUrlOf(arn: string, outputs: CityOutputs): string {
  const name = arn.split(":").at(-1) ?? "";
  const url = Object.values(outputs).find((value) => value.endsWith(`/${name}`));
  if (url === undefined) throw new RangeError(`no stack prints the URL of the queue ${name}`);
  return url;
}

/** `rate(1 minute)` in seconds. @throws RangeError for what is no such rate */
function secondsOf(expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minutes?|hours?)\)$/.exec(expression) ?? [];
  if (count === undefined || unit === undefined) throw new RangeError(`no rate: ${expression}`);
  // The expression allows no other words.
  return Number(count) * SECONDS[unit as keyof typeof SECONDS];
}

/** What was deployed. */
interface Deployed {
  /** What the deployed stacks print, those that the CDK exports among them. */
  readonly outputs: CityOutputs;
  /** Of every name of the city. */
  readonly prefix: string;
}

/** What starts which function of a template, by the function's logical id. */
function startsOf(
  resources: Readonly<Record<string, Resource>>,
  { outputs, prefix }: Deployed,
): ReadonlyMap<string, DrivenStart> {
  const starts = new Map<string, DrivenStart>();
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type === "AWS::Lambda::EventSourceMapping") {
      const { BatchSize, EventSourceArn, FunctionName, ScalingConfig } = MAPPING.parse(Properties);
      const url = queueUrlOf(resolved(EventSourceArn, outputs), outputs);
      const ordered = url.endsWith(".fifo");
      const runsMax = ordered ? 1 : (ScalingConfig?.MaximumConcurrency ?? RUNS_MAX);
      starts.set(FunctionName.Ref, { kind: "queue", url, batchSize: BatchSize, runsMax, ordered });
    } else if (Type === "AWS::SNS::Subscription") {
      const [id] = SUBSCRIPTION.parse(Properties).Endpoint["Fn::GetAtt"];
      const { FunctionName } = FUNCTION.parse(resources[id]?.Properties);
      const output = followerOutput(FunctionName.slice(prefix.length + 1));
      const url = outputs[output];
      if (url === undefined) throw new RangeError(`no stack prints ${output}`);
      starts.set(id, { kind: "topic", url });
    } else if (Type === "AWS::Scheduler::Schedule") {
      const { ScheduleExpression, Target } = SCHEDULE.parse(Properties);
      const everySeconds = secondsOf(ScheduleExpression);
      starts.set(Target.Arn["Fn::GetAtt"][0], { kind: "schedule", everySeconds });
    } else if (Type === "AWS::Lambda::Url") {
      starts.set(URL_OF.parse(Properties).TargetFunctionArn["Fn::GetAtt"][0], { kind: "url" });
    }
  }
  return starts;
}

/**
 * The functions that stand in templates, each with its environment and what starts it.
 *
 * @param templates of stacks that are not deployed, as JSON
 * @throws RangeError, ZodError for a template that is not as ours are
 */
export function readDrivenFunctions(
  templates: readonly unknown[],
  deployed: Deployed,
): readonly DrivenFunction[] {
  const { outputs, prefix } = deployed;
  return templates.flatMap((template) => {
    const { Resources } = TEMPLATE.parse(template);
    const starts = startsOf(Resources, deployed);
    return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
      if (Type !== "AWS::Lambda::Function") return [];
      const made = FUNCTION.parse(Properties);
      const { FunctionName, Timeout, MemorySize, Environment } = made;
      const reserved = made.ReservedConcurrentExecutions;
      const variables = Object.entries(Environment.Variables);
      const start = starts.get(id);
      return [
        {
          name: FunctionName,
          bundle: FunctionName.slice(prefix.length + 1),
          environment: Object.fromEntries(
            variables.map(([name, value]) => [name, resolved(value, outputs)] as const),
          ),
          timeoutSeconds: Timeout,
          memoryMb: MemorySize,
          ...(reserved !== undefined && { reserved }),
          ...(start !== undefined && { start }),
        },
      ];
    });
  });
}
