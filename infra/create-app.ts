import { App, Stage, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { City } from "#regions/city.ts";
import type { Deployment } from "#regions/deployment.ts";
import { EDGE_REGION, edgeNames } from "#regions/edge-names.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { orExample } from "#regions/or-example.ts";
import { addAccess } from "./add-access.ts";
import type { AwsCity } from "./city-context.ts";
import { CityStage } from "./city-stage.ts";
import { leftOut } from "./left-out.ts";
import { refuseTwins } from "./refuse-twins.ts";
import { EdgeStack } from "./stacks/edge-stack.ts";

export interface AppProps {
  readonly environment: EnvironmentName;
  readonly deployment: Deployment;
  /** Letters of the cities; all of the environment where none are named. */
  readonly cities?: readonly string[];
  readonly bundles: string | undefined;
  readonly imageDigest: string;
  /** Name of what is deployed; each stack prints it. */
  readonly release?: string;
  /** Whether the functions of each city stand apart, for an endpoint that runs none. */
  readonly driven?: boolean;
  /** What stands for AWS, as `exos cloud` names it, where it lacks what a city may not be told of. */
  readonly endpoint?: string;
  /** Text of the function that routes at the edge; without it there is no stage of the edge. */
  readonly router?: string;
  /** Whether the CDK lints the templates too, which takes eight seconds and half a second each. */
  readonly lint?: boolean;
  /** Where the cloud assembly is written. */
  readonly outdir?: string;
}

/** Stands for the image in a synthesis without one: no registry holds it, so no task would start. */
export const NO_IMAGE = `sha256:${"0".repeat(64)}`;

/** What we ask of the CDK beyond its defaults, so that the same comes of every way to start it. */
const CONTEXT = {
  "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": true,
  "@aws-cdk/aws-s3:createDefaultLoggingPolicy": true,
  "@aws-cdk/aws-iam:minimizePolicies": true,
  "@aws-cdk/core:checkSecretUsage": true,
};

function isAws(city: { readonly host: { readonly kind: string } }): city is AwsCity {
  return city.host.kind === "aws";
}

/** What all cities share, once their own stages are said. */
function addEdge(app: App, props: AppProps, cities: readonly City[]): void {
  const { environment, deployment, router } = props;
  const { zone } = deployment;
  const account = deployment.accounts[environment];
  if (router === undefined || zone === undefined || account === undefined) return;
  const stage = new Stage(app, "edge", { env: { account, region: EDGE_REGION } });
  new EdgeStack(stage, {
    names: edgeNames(environment, account),
    cities,
    awsCities: cities.filter(isAws),
    deployment: { ...deployment, zone },
    router,
  });
}

/** An app whose stages are judged by cdk-nag, and without any yet. */
export function openApp({ lint = false, outdir }: Pick<AppProps, "lint" | "outdir">): App {
  const app = new App({
    context: { ...CONTEXT, "@aws-cdk/core:validateAgainstDefaultRules": lint },
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: lint,
    ...(outdir !== undefined && { outdir }),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/**
 * The fleet as an app: one stage per AWS city, one for the edge and one for who may deploy.
 * What the deployer has not said is taken from the example, but for a city on this machine.
 */
export function createApp(given: AppProps): App {
  const { environment, cities: named } = given;
  const props = ENVIRONMENTS[environment].protected
    ? { ...given, deployment: orExample(given.deployment) }
    : given;
  const app = openApp(props);
  const cities = citiesOf(environment);
  const aws = cities.filter(isAws);
  refuseTwins(aws);
  const unknown = named?.find((code) => !aws.some((city) => city.code === code));
  if (unknown !== undefined) throw new Error(`${environment} has no AWS city "${unknown}".`);
  for (const city of aws) {
    if (named === undefined || named.includes(city.code)) new CityStage(app, { ...props, city });
  }
  if (named === undefined && !leftOut(environment, "edge stack")) addEdge(app, props, cities);
  if (named === undefined) addAccess(app, props, cities);
  return app;
}
