import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { platform } from "node:process";
import { broken, type Check, type CheckResult, ok } from "#services/cli/doctor/check.ts";
import type { Config } from "#services/cli/read-config.ts";
import { walletFolderOf } from "#services/cli/wallet/wallet-options-of.ts";
import { parseKeystore } from "#shared/wallet/keystore-file.ts";

/** Rights of group and others, on systems that have such. */
const OTHERS = platform === "win32" ? 0 : 0o077;

function keystoresIn(folder: string): readonly string[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.endsWith(".json")).map((file) => join(folder, file));
}

/** A wallet whose file others may read is not opened, so that its owner learns of it. */
async function rights(config: Config): Promise<CheckResult> {
  const folder = walletFolderOf(config);
  const files = keystoresIn(folder);
  if (files.length === 0) return ok("no wallet is kept yet");
  if ((statSync(folder).mode & OTHERS) !== 0) {
    return broken(`others may look into ${folder}`, `chmod 700 ${folder}`);
  }
  const open = files.filter((file) => (statSync(file).mode & OTHERS) !== 0);
  return open.length === 0
    ? ok(`${files.length} in ${folder}, for their owner alone`)
    : broken(`others may read ${open.join(", ")}`, `chmod 600 ${open.join(" ")}`);
}

async function readable(config: Config): Promise<CheckResult> {
  const files = keystoresIn(walletFolderOf(config));
  const wrong = files.flatMap((file) => {
    const keystore = parseKeystore(readFileSync(file, "utf8"));
    return keystore.ok ? [] : [`${file} (${keystore.error})`];
  });
  return wrong.length === 0
    ? ok(`${files.length} can be read`)
    : broken(
        `no keystore, or a damaged one: ${wrong.join(", ")}`,
        "restore the file from a backup, or the wallet from its words; move it away until then",
      );
}

/** What lies in the folder of the wallets, as far as it shows without a password. @source interfaces.md 7.5 */
export const KEYSTORE_CHECKS: readonly Check[] = [
  { id: "host-keystores", run: rights },
  { id: "wallet-readable", run: readable },
];
