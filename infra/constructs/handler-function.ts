import { existsSync } from "node:fs";
import { join } from "node:path";
import { Duration } from "aws-cdk-lib";
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { CityContext } from "#infra/city-context.ts";
import { HandlerRole } from "#infra/constructs/handler-role.ts";
import { FUNCTION_SHAPES } from "#infra/functions.ts";
import type { GrantFacts } from "#infra/port-calls.ts";
import { removalOf } from "#infra/removal-of.ts";
import { serviceRights } from "#infra/service-rights.ts";
import { type FunctionName, functionName } from "#regions/city-names.ts";

export interface HandlerFunctionProps {
  readonly context: CityContext;
  readonly name: FunctionName;
  readonly facts: GrantFacts;
  /** Values of the city's variables; the function gets those that its shape names. */
  readonly variables: Readonly<Record<string, string>>;
}

const PROJECT = join(import.meta.dirname, "..", "..");
/** Stands for every function in a synthesis without bundles. */
const UNBUNDLED = join(import.meta.dirname, "..", "unbundled");

/** @throws when bundles were named and this function's is not among them */
function codeOf({ bundles }: CityContext, name: FunctionName): Code {
  if (bundles === undefined) return Code.fromAsset(UNBUNDLED);
  // Not in the tree yet: the rest of the city can do without.
  if (!existsSync(join(PROJECT, FUNCTION_SHAPES[name].door))) return Code.fromAsset(UNBUNDLED);
  const folder = join(bundles, name);
  if (!existsSync(join(folder, "lambda.mjs"))) {
    throw new Error(`There is no bundle of "${name}" in ${bundles}: run npm run bundle.`);
  }
  return Code.fromAsset(folder);
}

/**
 * The named ones of the city's variables.
 * @throws when the city lacks one of them
 */
export function pickVariables(
  variables: Readonly<Record<string, string>>,
  wanted: readonly string[],
): Record<string, string> {
  const picked = wanted.map((name) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`This city has no ${name}.`);
    return [name, value] as const;
  });
  return Object.fromEntries(picked);
}

/** Those of the names that the city has. */
export function namesThere(
  variables: Readonly<Record<string, string>>,
  optional: readonly string[] = [],
): readonly string[] {
  return optional.filter((name) => variables[name] !== undefined);
}

/** One function with a log and a role of its own. What starts it is put beside it. */
export class HandlerFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const { context, name, facts, variables } = props;
    const { names } = context;
    const shape = FUNCTION_SHAPES[name];
    const logGroup = new LogGroup(this, "Log", {
      logGroupName: `${names.logs}/${name}`,
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: removalOf(names.environment),
    });
    const log = {
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logGroup.logGroupArn],
    };
    const { role } = new HandlerRole(this, "Identity", {
      handler: name,
      names,
      facts,
      service: [log, ...serviceRights(shape, names)],
      assumedBy: "lambda.amazonaws.com",
    });
    this.function = new LambdaFunction(this, "Function", {
      functionName: functionName(names, name),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: codeOf(context, name),
      handler: "lambda.handler",
      memorySize: shape.memoryMb,
      timeout: Duration.seconds(shape.timeoutSeconds),
      ...(shape.reserved !== undefined && { reservedConcurrentExecutions: shape.reserved }),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      environment: pickVariables(variables, [
        ...shape.environment,
        ...namesThere(variables, shape.optional),
      ]),
      // It hints itself until a gap is closed; loop detection would end that after 16 rounds.
      ...(name === "connect" && { recursiveLoop: RecursiveLoop.ALLOW }),
    });
  }
}
