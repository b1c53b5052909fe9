import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { Deployment } from "#regions/deployment.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import type { AwsCity } from "./city-context.ts";
import { CityStage } from "./city-stage.ts";

export interface AppProps {
  readonly environment: EnvironmentName;
  readonly deployment: Deployment;
  /** Letters of the cities; all of the environment where none are named. */
  readonly cities?: readonly string[];
  readonly bundles: string | undefined;
  readonly imageDigest: string;
  /** Name of what is deployed; each stack prints it. */
  readonly release?: string;
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

/** The fleet as an app: one stage per AWS city, all of them judged by cdk-nag. */
export function createApp(props: AppProps): App {
  const { environment, cities: named, outdir } = props;
  const app = new App({
    context: CONTEXT,
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: props.lint ?? false,
    ...(outdir !== undefined && { outdir }),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const cities = citiesOf(environment).filter(isAws);
  const unknown = named?.find((code) => !cities.some((city) => city.code === code));
  if (unknown !== undefined) throw new Error(`${environment} has no AWS city "${unknown}".`);
  for (const city of cities) {
    if (named === undefined || named.includes(city.code)) new CityStage(app, { ...props, city });
  }
  return app;
}
