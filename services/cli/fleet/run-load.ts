import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { askedFleet } from "./asked-fleet.ts";
import { composeLoader } from "./compose-loader.ts";
import { beginningWords, namedBeginning } from "./load-beginning.ts";
import { loadCity } from "./load-city.ts";
import { onlyCity } from "./named-city.ts";

const USAGE =
  "exos fleet load CITY [--from CITY [--trust MUHASH] | --from genesis] [--refill --confirm CITY] [--snapshot]";

/**
 * `exos fleet load CITY`: a new generation of the city's coins. It begins with the newest set that may be
 * trusted: the city's own, else that of another city, which a replay from genesis confirms; `--from`
 * names another beginning. With `--snapshot` the task publishes the city's own set instead. With
 * `--refill` the city forgets a chain that ended elsewhere; where that was stopped before its end, it is
 * gone on with first.
 */
export async function runLoadCity(
  context: CommandContext,
  given: readonly string[],
): Promise<ExitCode> {
  const { options, terminal, json } = context;
  const asked = askedFleet(context);
  const city = onlyCity(asked.fleet, given, USAGE);
  const beginning = namedBeginning(options, asked.fleet, USAGE);
  const snapshot = options["snapshot"] !== undefined;
  const refill = options["refill"] !== undefined;
  if (snapshot && (refill || beginning.kind !== "newest")) {
    throw usageFailure("--snapshot loads nothing: it goes with neither --refill nor --from", USAGE);
  }
  if (refill && options["confirm"] !== city.code) {
    throw new CommandFailure(
      `${city.name} forgets its chain and answers nothing until it is full`,
      {
        code: "EXOS-E8007",
        exit: EXIT.needsConfirmation,
      },
    );
  }
  const deps = await composeLoader(asked, city);
  const words = async (isRefill: boolean) =>
    snapshot && !isRefill ? ["--snapshot"] : beginningWords(beginning, isRefill, deps.beginning);
  const outcome = await loadCity({ refill, words }, deps);
  if (outcome.state === "ended" && outcome.end.exitCode !== 0) {
    const { exitCode = "none", reason } = outcome.end;
    throw new CommandFailure(`${outcome.task} ended with ${exitCode}: ${reason}`, {
      code: "EXOS-E8100",
    });
  }
  if (json) {
    terminal.out(JSON.stringify({ schema: "exos.fleet-load.v1", city: city.code, ...outcome }));
  } else if (outcome.state === "started") {
    terminal.out(
      `${outcome.task} ${snapshot ? "writes the set of" : "loads"} ${city.name}; \`exos fleet logs ${city.code}\` tells how it goes`,
    );
  } else if (outcome.state === "connected") {
    terminal.out(
      `${city.name} has a tip, and connects again; nothing was loaded: the same command now does that`,
    );
  } else terminal.out(`${city.name} is filled anew.`);
  return EXIT.done;
}
