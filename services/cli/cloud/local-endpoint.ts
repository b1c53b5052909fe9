import { cityNames } from "#regions/city-names.ts";
import { local } from "#regions/local.ts";
import type { Environment } from "#services/cli/command.ts";

/** What answers as AWS: an emulator on this machine, or one that the operator named. */
export interface LocalEndpoint {
  /** `given`: one that the operator named, and that none of the others answers at. */
  readonly kind: "ministack" | "localstack" | "given";
  /** Without a slash at its end. */
  readonly url: string;
  /** Of an `https` endpoint that signed itself: the file that holds its certificate. */
  readonly certificate: string | undefined;
}

/** The account of every emulator; a local city is deployed to no other. */
export const LOCAL_ACCOUNT = "000000000000";

/** Where the local city says that it is. */
export const LOCAL_REGION = local.host.kind === "aws" ? local.host.region : "us-east-1";

/** Names of the one city that is deployed there. */
export const LOCAL_CITY = cityNames({
  environment: "local",
  code: local.code,
  region: LOCAL_REGION,
  account: LOCAL_ACCOUNT,
});

/** What emulators take for credentials. Nothing of AWS itself accepts them. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" } as const;

/** Of ours, the variables that a program needs that has nothing to do with AWS. */
const PLAIN = ["PATH", "LANG", "LC_ALL", "TMPDIR", "NODE_COMPILE_CACHE"] as const;

/** Variables that send a client of AWS to the endpoint, and never anywhere else. */
export function clientEnvironment(
  { url, certificate }: LocalEndpoint,
  region: string = LOCAL_REGION,
): Readonly<Record<string, string>> {
  const trust = certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate };
  return {
    ...CREDENTIALS,
    ...trust,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: url,
    // Of the operator's own set-up nothing is read: a profile could name a real account.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** Where a program runs. */
export interface ProgramWorld {
  /** Absolute; there it finds no settings of the operator's. */
  readonly home: string;
  /** The variables of this process. */
  readonly ours: Environment;
  readonly region?: string;
}

/**
 * The whole environment of a program that works on the endpoint: of ours only what is plain, so
 * that no variable of the operator's, such as `AWS_PROFILE` or `AWS_ENDPOINT_URL_DYNAMODB`, leads
 * it to AWS.
 */
export function programEnvironment(
  endpoint: LocalEndpoint,
  { home, ours, region = LOCAL_REGION }: ProgramWorld,
): Readonly<Record<string, string>> {
  const plain = PLAIN.flatMap((name) => {
    const value = ours[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(plain), HOME: home, ...clientEnvironment(endpoint, region) };
}
