import type { CommandContext } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** What stands for AWS, and who runs the functions there. */
export interface EndpointChoice {
  /** LocalStack in a container, instead of MiniStack or what `AWS_ENDPOINT_URL` names. */
  readonly localstack: boolean;
  /** The functions are run from here. */
  readonly driven: boolean;
}

/**
 * What the options of `exos cloud` ask for. LocalStack in a container of its own runs no functions,
 * so that its city is always driven.
 *
 * @throws CommandFailure for options that exclude each other
 */
export function endpointChoice(
  options: CommandContext["options"],
  environment: CommandContext["environment"],
): EndpointChoice {
  const localstack = options["localstack"] !== undefined;
  const driven = localstack || options["drive"] !== undefined;
  if (localstack && (environment["AWS_ENDPOINT_URL"] ?? "") !== "") {
    throw refused("--localstack starts an endpoint, and AWS_ENDPOINT_URL names another one");
  }
  if (driven && options["roles"] !== undefined) {
    const who = localstack ? "--localstack" : "--drive";
    throw refused(`--roles is about functions that the endpoint runs, and ${who} runs them here`);
  }
  return { localstack, driven };
}

function refused(message: string): CommandFailure {
  return new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
}
