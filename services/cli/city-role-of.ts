import { resolve } from "node:path";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import type { Config } from "#services/cli/read-config.ts";
import type { CityRole } from "#services/rpc/city/open-single-city.ts";
import { createFolderSecrets } from "#shared/adapters/embedded/folder-secrets.ts";
import { EDGE_KEY } from "#shared/fleet/edge-stamp.ts";
import type { Log } from "#shared/ports/log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** A node that is a city, under its three letters. */
export interface NamedRole extends CityRole {
  readonly code: string;
}

const RELEASE = /^[\w.+-]{1,64}$/;

/**
 * The city that the operator wants the node to be; `undefined` for a node of one's own.
 * @throws CommandFailure when its door would stand open, or it were to hold keys of coins
 */
export function cityRoleOf(config: Config): NamedRole | undefined {
  const code = config.text("city");
  const folder = config.text("secrets");
  const release = config.text("release") ?? PROGRAM_VERSION;
  if (code === undefined) {
    if (folder !== undefined)
      throw bad("secrets: a node has none; say which city it is with --city");
    return undefined;
  }
  if (folder === undefined) {
    throw bad(`city ${code} needs --secrets, the folder of the edge's key: its door is never open`);
  }
  if (config.flag("staking")) throw bad(`staking: city ${code} holds no keys; stake with a node`);
  if (!RELEASE.test(release)) {
    throw bad(`release: "${release}" is no name of up to 64 letters, digits and . _ + -`);
  }
  return { code, release, secrets: createFolderSecrets({ folder: resolve(folder) }) };
}

function bad(message: string): CommandFailure {
  return new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
}

/** Say it while nobody can be let in; the chain is followed meanwhile. */
export async function warnWithoutKey({ code, secrets }: NamedRole, log: Log): Promise<void> {
  try {
    if ((await secrets.get(EDGE_KEY)) !== undefined) return;
    log.warn("EXOS-E8020", "the city lacks the edge's key, and answers nobody", { city: code });
  } catch (fault) {
    // It may be mended while the node runs: what asks for it next reads it again.
    if (!(fault instanceof StoreFault)) throw fault;
    log.warn("EXOS-E8020", "the city cannot read the edge's key", { err: fault.message });
  }
}
