import { resolve } from "node:path";
import type { ServeOptions } from "#services/cli/embedded/serve-node.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import type { Config } from "#services/cli/read-config.ts";
import { RELEASE_NAME, RELEASE_NAME_RULE } from "#shared/primitives/release-name.ts";

/** A node that is a city, under its three letters. */
export type NamedRole = NonNullable<ServeOptions["role"]> & { readonly code: string };

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
  if (!RELEASE_NAME.test(release)) {
    throw bad(`release: "${release}" is no name ${RELEASE_NAME_RULE}`);
  }
  return { code, release, secretsFolder: resolve(folder) };
}

function bad(message: string): CommandFailure {
  return new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
}
