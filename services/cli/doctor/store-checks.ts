import { existsSync } from "node:fs";
import { join } from "node:path";
import { broken, type Check, type CheckResult, ok, warning } from "#services/cli/doctor/check.ts";
import { describeFailure } from "#services/cli/failure.ts";
import type { Config } from "#services/cli/read-config.ts";
import { openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

const folderOf = ({ datadir, network }: Config): string => join(datadir, network.name);

/** Lock, format version and network of the data folder. */
async function folder(config: Config): Promise<CheckResult> {
  const path = folderOf(config);
  if (!existsSync(path)) return ok(`${path} does not exist yet; a start makes it`);
  try {
    const genesis = toHashHex(config.network.consensus.genesis.hash);
    await using held = await openDataFolder({
      root: config.datadir,
      network: config.network.name,
      genesis,
    });
    return ok(`${held.path} is free, of this format and network`);
  } catch (cause) {
    const { code, message, hint = "" } = describeFailure(cause);
    if (code === "EXOS-E1001") return warning(message, "nothing, if that is your running node");
    return broken(`${code} ${message}`, hint);
  }
}

/** What lies on disk for this network. @source interfaces.md 7.5 */
export const STORE_CHECKS: readonly Check[] = [{ id: "store-folder", run: folder }];
