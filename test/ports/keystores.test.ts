import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openKeystoreFolder } from "#shared/adapters/embedded/keystore-folder.ts";
import { startInline } from "#shared/adapters/embedded/keystore-thread.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { exosTest } from "#shared/consensus/networks/exos-test.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { printWif } from "#shared/wallet/wif.ts";
import { OWNER } from "../support/rich-chain.ts";
import { sharedThread } from "../support/shared-thread.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { KNOWN_WORDS } from "../support/wallet-vectors.ts";
import { keystoresContract } from "./keystores.contract.ts";

const NOW = unixSeconds(1_600_000_000);
/** As little work as a file may ask for. */
const CHEAP = { name: "argon2id", m: 8, t: 1, p: 1 } as const;
/** One thread for all: starting one takes longer than what most tests ask of it. */
const shared = sharedThread(exosRegtest);
afterAll(() => shared.stop());

const KNOWN = {
  name: "known",
  password: "secret words",
  source: { kind: "text", text: KNOWN_WORDS },
  scheme: undefined,
} as const;

function openFolder(options: Partial<Parameters<typeof openKeystoreFolder>[0]> = {}) {
  const root = temporaryFolder();
  const folder = join(root, "wallets");
  const log = createMemoryLog();
  const clock = createManualClock(NOW);
  const keystores = openKeystoreFolder({
    folder,
    network: exosRegtest,
    clock,
    log,
    cost: CHEAP,
    start: shared.start,
    ...options,
  });
  return { keystores, folder, log, copies: root };
}

describe("keystores in a folder", () => {
  keystoresContract(openFolder);

  it("are files of their owner alone, in a folder of its own, with exactly the fields", async () => {
    const { keystores, folder } = openFolder();
    await keystores.create(KNOWN);
    expect(readdirSync(folder)).toEqual(["known.json"]);
    const path = join(folder, "known.json");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const file = JSON.parse(readFileSync(path, "utf8"));
    expect(file).toEqual({
      version: 1,
      type: "exos-keystore",
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      createdAt: NOW,
      network: "exos-regtest",
      scheme: "exos-105",
      kdf: { ...CHEAP, salt: expect.stringMatching(/^[0-9a-f]{32}$/) },
      cipher: { name: "AES-256-GCM", nonce: expect.stringMatching(/^[0-9a-f]{24}$/) },
      ciphertext: expect.stringMatching(/^[0-9a-f]+$/),
      hint: { fingerprint: expect.any(String), xpub0: expect.stringMatching(/^tpub/) },
    });
    expect(readFileSync(path, "utf8")).not.toContain("abandon");
  });

  it("cost 64 MiB and three passes unless told otherwise, or scrypt", async () => {
    const { keystores, folder } = openFolder();
    const strong = openKeystoreFolder({
      folder,
      network: exosRegtest,
      clock: createManualClock(NOW),
      log: createMemoryLog(),
      start: shared.start,
    });
    await strong.create({ ...KNOWN, name: "strong" });
    const { kdf } = JSON.parse(readFileSync(join(folder, "strong.json"), "utf8"));
    expect(kdf).toMatchObject({ name: "argon2id", m: 65_536, t: 3, p: 1 });
    expect(await keystores.words("strong", KNOWN.password)).toMatchObject({ value: KNOWN_WORDS });
    const other = openFolder({ cost: { name: "scrypt", n: 1_024, r: 8, p: 1 } });
    await other.keystores.create(KNOWN);
    expect(await other.keystores.words("known", KNOWN.password)).toMatchObject({
      value: KNOWN_WORDS,
    });
  });

  it("take a password in any form of its letters", async () => {
    const { keystores } = openFolder();
    await keystores.create({ ...KNOWN, password: "p\u00e4ss\tw" });
    expect(await keystores.words("known", "pa\u0308ssw")).toMatchObject({ ok: true });
  });

  it("are refused when others may read them, with the command that mends it", async () => {
    const { keystores, folder, log } = openFolder();
    await keystores.create(KNOWN);
    const path = join(folder, "known.json");
    chmodSync(path, 0o640);
    const read = await keystores.read("known");
    expect(read).toMatchObject({ error: { code: "EXOS-E5007" } });
    if (!read.ok) expect(read.error.message).toContain(`chmod 600 ${path}`);
    expect(await keystores.list()).toEqual([]);
    expect(log.records.map(({ code }) => code)).toEqual(["EXOS-E5007"]);
    chmodSync(path, 0o600);
    chmodSync(folder, 0o750);
    const closed = await keystores.read("known");
    if (!closed.ok) expect(closed.error.message).toContain(`chmod 700 ${folder}`);
    expect(await keystores.create({ ...KNOWN, name: "b" })).toMatchObject({
      error: { code: "EXOS-E5007" },
    });
  });

  it("that are none are left out of the list, and named when they are asked for", async () => {
    const { keystores, folder, log } = openFolder();
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, "broken.json"), "{", { mode: 0o600 });
    writeFileSync(join(folder, "large.json"), "x".repeat(4 * 1024 * 1024 + 1), { mode: 0o600 });
    writeFileSync(join(folder, "notes.txt"), "", { mode: 0o600 });
    expect(await keystores.list()).toEqual([]);
    expect(log.records).toHaveLength(2);
    expect(await keystores.read("broken")).toMatchObject({ error: { code: "EXOS-E5008" } });
    expect(await keystores.read("large")).toMatchObject({ error: { code: "EXOS-E5008" } });
  });

  it("of another network are not opened", async () => {
    const { keystores, folder } = openFolder();
    await keystores.create(KNOWN);
    const other = openFolder({ folder, network: exosTest, start: startInline }).keystores;
    expect(await other.list()).toEqual([]);
    expect(await other.words("known", KNOWN.password)).toMatchObject({
      error: { code: "EXOS-E5011" },
    });
  });

  it("say what the disk said when it fails", async () => {
    const root = temporaryFolder();
    const file = join(root, "file");
    writeFileSync(file, "");
    const { keystores } = openFolder({ folder: join(file, "wallets") });
    await expect(keystores.create(KNOWN)).rejects.toMatchObject({ name: "StoreFault" });
    await expect(keystores.list()).rejects.toMatchObject({ name: "StoreFault" });
  });

  it("tell no secret in what they answer, write or log, whatever goes wrong", async () => {
    const { keystores, folder, log, copies } = openFolder();
    const password = "canary-of-a-password";
    const words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    const wif = printWif({ secret: OWNER.secret, compressed: true }, exosRegtest.addresses);
    const texts = [
      words,
      words.replace("yellow", "winner"),
      words.replace("yellow", "canary-word"),
      wif,
      `${wif}\ncanary-line`,
      `${wif.slice(0, -1)}x`,
      JSON.stringify({ network: "EXOSRegTest", encryptedSeed: "canary-seed" }),
    ];
    const said: unknown[] = [];
    for (const [index, text] of texts.entries()) {
      const source = { kind: "text", text, password } as const;
      const name = `wallet${index}`;
      said.push(await keystores.inspect(source));
      said.push(await keystores.create({ ...KNOWN, name, password, source }));
      said.push(
        await keystores.words(name, "another"),
        await keystores.publicKeys(name, "another"),
      );
      said.push(await keystores.backup(name, join(copies, `${name}.copy`)));
      said.push(await keystores.verifyBackup(name, join(copies, `${name}.copy`), "another"));
      const opened = await keystores.open(name);
      if (!opened.ok) continue;
      await using signer = opened.value;
      said.push(await signer.unlock("another", { stakingOnly: false, seconds: 1 }));
      said.push(await signer.unlock(password, { stakingOnly: false, seconds: 1 }));
      said.push(await signer.accountKey(0), signer.status());
    }
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    expect(files).toHaveLength(2);
    const everything = JSON.stringify([said, files, log.records]);
    const secrets = ["canary", "winner", "sausage", wif, wif.slice(0, -1), toHex(OWNER.secret)];
    for (const secret of secrets) expect(everything, secret).not.toContain(secret);
  });
});
