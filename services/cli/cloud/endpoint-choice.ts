import { dockerSocket } from "#infra/image/docker-socket.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** What stands for AWS, and who runs the functions there. */
export interface EndpointChoice {
  /** LocalStack in a container, instead of MiniStack or what `AWS_ENDPOINT_URL` names. */
  readonly localstack: boolean;
  /** The functions are run from here. */
  readonly driven: boolean;
  /** Why it cannot be had to refuse what no role grants, as a sentence; `undefined` where it can. */
  readonly unguarded: string | undefined;
}

/**
 * What the options of `exos cloud` ask for. LocalStack runs functions in containers beside its own:
 * where a Docker daemon answers, or it is told to; else its city is driven.
 *
 * @param docker where the daemon is reached
 * @throws CommandFailure for options that exclude each other
 */
export async function endpointChoice(
  options: CommandContext["options"],
  environment: CommandContext["environment"],
  docker: typeof dockerSocket = dockerSocket,
): Promise<EndpointChoice> {
  const localstack = options["localstack"] !== undefined;
  const [drive, functions] = [options["drive"] !== undefined, options["functions"] !== undefined];
  if (functions && (drive || !localstack)) {
    throw refused(`--functions is about LocalStack${drive ? ", and --drive runs them here" : ""}`);
  }
  const given = (environment["AWS_ENDPOINT_URL"] ?? "") !== "";
  if (localstack && given) {
    throw refused("--localstack starts an endpoint, and AWS_ENDPOINT_URL names another one");
  }
  const unguarded = whyUnguarded({ localstack, drive, given });
  if (options["roles"] !== undefined && unguarded !== undefined) {
    throw refused(`--roles is about MiniStack as it is started here: ${unguarded}`);
  }
  if (!localstack || drive || functions) return { localstack, driven: drive, unguarded };
  return { localstack, driven: (await docker(environment)) === undefined, unguarded };
}

function whyUnguarded(asked: Readonly<Record<"localstack" | "drive" | "given", boolean>>) {
  if (asked.localstack) return "LocalStack lets every call pass";
  if (asked.drive) return "--drive runs the functions here";
  return asked.given ? "AWS_ENDPOINT_URL names an endpoint that runs already" : undefined;
}

function refused(message: string): CommandFailure {
  return new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
}
