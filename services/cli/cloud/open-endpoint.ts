import { checkAccount } from "#services/cli/cloud/check-account.ts";
import type { CloudState } from "#services/cli/cloud/cloud-state.ts";
import { emulatorAt } from "#services/cli/cloud/emulator-at.ts";
import { installMinistack } from "#services/cli/cloud/install-ministack.ts";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { startLocalstack } from "#services/cli/cloud/start-localstack.ts";
import { startMinistack } from "#services/cli/cloud/start-ministack.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { composeCloud } from "#services/cli/compose-cloud.ts";

export interface EndpointOptions extends Pick<CommandContext, "environment" | "signal"> {
  /** Absolute; of an emulator that is started. */
  readonly folder: string;
  /** Whether an emulator that is started enforces roles. */
  readonly roles: boolean;
  /** Whether it is LocalStack. */
  readonly localstack: boolean;
  /** Whether its functions are driven from here. */
  readonly driven: boolean;
  /** Whether a container tool may be installed for it. */
  readonly installTool: boolean;
  readonly onNote: (line: string) => void;
}

/** An endpoint, and the emulator behind it where it was started here. */
export interface OpenEndpoint {
  readonly endpoint: LocalEndpoint;
  readonly emulator?: CloudState["emulator"];
  readonly container?: CloudState["container"];
  readonly containers?: CloudState["containers"];
}

/**
 * LocalStack where it is asked for, else the endpoint that the operator named in
 * `AWS_ENDPOINT_URL`, else MiniStack.
 *
 * @throws CommandFailure when neither is to be had, or what was named is no emulator
 */
export async function openEndpoint(options: EndpointOptions): Promise<OpenEndpoint> {
  const { environment, signal, folder, roles, onNote, localstack, installTool } = options;
  if (localstack) {
    const functions = !options.driven;
    return startLocalstack({ environment, signal, onNote, install: installTool, functions });
  }
  const given = environment["AWS_ENDPOINT_URL"];
  if (given !== undefined && given !== "") {
    const url = given.replace(/\/+$/, "");
    const certificate = url.startsWith("https:") ? environment["AWS_CA_BUNDLE"] : undefined;
    const endpoint: LocalEndpoint = { kind: "given", url, certificate };
    using cloud = composeCloud(endpoint);
    await checkAccount(endpoint, cloud);
    return { endpoint: { ...endpoint, kind: await emulatorAt(url, signal) } };
  }
  const python = await installMinistack({ environment, signal, onNote });
  onNote(`starting MiniStack${roles ? ", with roles enforced" : ""}`);
  const { endpoint, ...emulator } = await startMinistack({ python, folder, roles, signal });
  return { endpoint, emulator };
}
