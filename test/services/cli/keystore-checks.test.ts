import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KEYSTORE_CHECKS } from "#services/cli/doctor/keystore-checks.ts";
import type { Config } from "#services/cli/read-config.ts";
import { createKeystoreDesk } from "#shared/adapters/embedded/keystore-desk.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function keystore(): string {
  const made = createKeystoreDesk(exosRegtest).create({
    source: { kind: "fresh", words: 12 },
    scheme: undefined,
    password: "password",
    createdAt: unixSeconds(1),
    cost: { name: "argon2id", m: 8, t: 1, p: 1 },
  });
  if (!made.ok) throw new RangeError(made.error.message);
  return made.value;
}

/** A folder with one wallet, and what the checks say of it. */
function folderOfWallets() {
  const folder = join(temporaryFolder(), "wallets");
  const config = { text: (key: string) => (key === "walletdir" ? folder : undefined) };
  const verdicts = async () => {
    // The checks ask a configuration for the folder alone.
    const results = KEYSTORE_CHECKS.map(({ run }) =>
      run(config as unknown as Config, new AbortController().signal),
    );
    return Promise.all(results);
  };
  return { folder, path: join(folder, "known.json"), verdicts };
}

describe("what doctor says of wallets", () => {
  it("is nothing where there are none", async () => {
    const { verdicts } = folderOfWallets();
    expect((await verdicts()).map(({ verdict }) => verdict)).toEqual(["ok", "ok"]);
  });

  it("names a file or folder that others may read, with the command that mends it", async () => {
    const { folder, path, verdicts } = folderOfWallets();
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(path, keystore(), { mode: 0o600 });
    expect((await verdicts()).map(({ verdict }) => verdict)).toEqual(["ok", "ok"]);
    chmodSync(path, 0o644);
    expect((await verdicts())[0]).toMatchObject({ verdict: "broken", fix: `chmod 600 ${path}` });
    chmodSync(folder, 0o755);
    expect((await verdicts())[0]).toMatchObject({ verdict: "broken", fix: `chmod 700 ${folder}` });
  });

  it("names a file that is no keystore, and the field", async () => {
    const { folder, path, verdicts } = folderOfWallets();
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(path, keystore().replace("exos-105", "exos-999"), { mode: 0o600 });
    const [, readable] = await verdicts();
    expect(readable).toMatchObject({ verdict: "broken" });
    expect(readable?.evidence).toContain(`${path} (scheme)`);
  });
});
