import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type LocalEndpoint, programEnvironment } from "#services/cli/cloud/local-endpoint.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { Environment } from "#services/cli/command.ts";

/** The project's folder, whose `node_modules` have the CDK. */
export const PROJECT = join(import.meta.dirname, "..", "..", "..");

/** The CLI as npm delivers it. */
export const CDK = join(PROJECT, "node_modules", "aws-cdk", "bin", "cdk");

/** No questions, no news from the network, no colours in what may be a log. */
export const QUIET = ["--ci", "--no-color", "--no-notices", "--no-version-reporting"] as const;

export interface CdkOptions {
  readonly endpoint: LocalEndpoint;
  /** Absolute; home of the CLI, which caches the account of a key there. */
  readonly home: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** For the sentence of a failure. */
  readonly doing: string;
  readonly onLine?: (line: string) => void;
}

/**
 * The unmodified CLI of the CDK against the endpoint, with a home and an environment of its own:
 * without the endpoint, or with what it cached of another account, it would talk to AWS.
 *
 * @throws CommandFailure `EXOS-E8183`
 */
export async function runCdk(words: readonly string[], options: CdkOptions): Promise<void> {
  const { endpoint, home, environment, signal, doing, onLine } = options;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const { certificate } = endpoint;
  const env = {
    ...programEnvironment(endpoint, { home, ours: environment }),
    CDK_HOME: home,
    CDK_DISABLE_LEGACY_EXPORT_WARNING: "1",
    ...(certificate === undefined ? {} : { AWS_CA_BUNDLE: certificate }),
  };
  await runProgram(process.execPath, [CDK, ...words, ...QUIET], {
    doing,
    env,
    signal,
    cwd: home,
    code: "EXOS-E8183",
    ...(onLine === undefined ? {} : { onLine }),
  });
}
