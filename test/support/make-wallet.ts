import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInProcess } from "./run-in-process.ts";

/** What opens the wallets that `makeWallet` makes. */
export const WALLET_PASSWORD = "a password of tests";

/** A file with that password, as `--password-file` wants it. */
export function passwordFile(folder: string): string {
  const path = join(folder, "password");
  writeFileSync(path, `${WALLET_PASSWORD}\n`, { mode: 0o600 });
  return path;
}

/** `exos wallet create`, in a data folder. @throws when it fails */
export async function makeWallet(folder: string, name: string): Promise<void> {
  const words = ["wallet", "create", name, "--password-file", passwordFile(folder)];
  const environment = { EXOS_DATADIR: folder, EXOS_RPCPORT: "1" };
  const { code, err } = await runInProcess(words, { environment });
  if (code !== 0) throw new RangeError(`wallet create ended with ${code}: ${err}`);
}
