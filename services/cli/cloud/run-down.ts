import { cloudFolderOf, readCloudState } from "#services/cli/cloud/cloud-state.ts";
import { lowerCity } from "#services/cli/cloud/lower-city.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** `exos cloud down`. */
export async function runDown(context: CommandContext): Promise<ExitCode> {
  const { config, terminal, environment, signal, json } = context;
  const folder = cloudFolderOf(config);
  const state = await readCloudState(folder.state);
  if (state === undefined) {
    const code = "EXOS-E8185";
    throw new CommandFailure(`${folder.path} has no city`, { code, exit: EXIT.notFound });
  }
  const onNote = (line: string) => terminal.err(line);
  const { survivors, unasked } = await lowerCity({ folder, state, environment, signal, onNote });
  if (json) {
    terminal.out(JSON.stringify({ schema: "exos.cloud-down.v1", survivors, unasked }));
    return EXIT.done;
  }
  terminal.out("The local city is down.");
  if (survivors.length > 0) terminal.out(`What survives it: ${survivors.join(", ")}`);
  if (state.emulator === undefined && state.container === undefined) {
    const { url } = state.endpoint;
    if (unasked === undefined)
      terminal.out(`${url} keeps the stack CDKToolkit, for the next city.`);
    else terminal.out(`What was deployed to ${url} was not removed: ${unasked}`);
  }
  return EXIT.done;
}
