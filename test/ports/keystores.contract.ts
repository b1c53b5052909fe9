import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Keystores, NewKeystore } from "#shared/ports/keystores.ts";
import { printWif } from "#shared/wallet/wif.ts";
import { parseWords } from "#shared/wallet/words.ts";
import { OTHER, OWNER } from "../support/rich-chain.ts";
import { KNOWN_WORDS } from "../support/wallet-vectors.ts";

/** Keystores of regtest, and a folder for copies. */
export interface OpenedKeystores {
  readonly keystores: Keystores;
  readonly copies: string;
}

const PASSWORD = "pass A";
const KNOWN: NewKeystore = {
  name: "known",
  password: PASSWORD,
  source: { kind: "text", text: KNOWN_WORDS },
  scheme: undefined,
};
const ACCOUNT_KEY =
  "tpubDDQeMxFfortrQsRWaFLo9ZPc9AMY5sGC64FJXJxnaxhqiBUjwQkRiaMeRG3wH1sUM7wSab84EUzZkVDUALEe7j5RBiYwijBzHp2HhMU1Pq5";
const KEYS = [OWNER, OTHER]
  .map(({ secret }) => printWif({ secret, compressed: true }, exosRegtest.addresses))
  .join("\n");

const codeOf = (result: { ok: boolean; error?: { code: string } }) =>
  result.ok ? "ok" : result.error?.code;

/** What every folder of keystores promises. */
export function keystoresContract(open: () => OpenedKeystores): void {
  it("has none at first", async () => {
    const { keystores } = open();
    expect(await keystores.list()).toEqual([]);
    expect(codeOf(await keystores.read("known"))).toBe("EXOS-E5004");
    expect(codeOf(await keystores.open("known"))).toBe("EXOS-E5004");
    expect(codeOf(await keystores.words("known", PASSWORD))).toBe("EXOS-E5004");
    expect(codeOf(await keystores.backup("known", "copy"))).toBe("EXOS-E5004");
    expect(codeOf(await keystores.publicKeys("known", PASSWORD))).toBe("EXOS-E5004");
    expect(codeOf(await keystores.verifyBackup("known", "copy", PASSWORD))).toBe("EXOS-E5004");
  });

  it("keeps words under a password, and tells them on request", async () => {
    const { keystores } = open();
    const card = await keystores.create(KNOWN);
    expect(card).toMatchObject({
      ok: true,
      value: {
        name: "known",
        network: "exos-regtest",
        scheme: "exos-105",
        accountKey: ACCOUNT_KEY,
      },
    });
    expect(await keystores.read("known")).toEqual(card);
    expect(await keystores.list()).toEqual([card.ok ? card.value : undefined]);
    expect(await keystores.words("known", PASSWORD)).toEqual({ ok: true, value: KNOWN_WORDS });
    expect(codeOf(await keystores.words("known", "pass B"))).toBe("EXOS-E5002");
  });

  it("makes new words, 12 or 24, never the same", async () => {
    const { keystores } = open();
    const made: string[] = [];
    for (const [name, words] of [
      ["a", 12],
      ["b", 12],
      ["c", 24],
    ] as const) {
      const source = { kind: "fresh", words } as const;
      expect(codeOf(await keystores.create({ ...KNOWN, name, source }))).toBe("ok");
      const told = await keystores.words(name, PASSWORD);
      if (!told.ok) throw new RangeError(told.error.message);
      expect(parseWords(told.value).ok).toBe(true);
      expect(told.value.split(" ")).toHaveLength(words);
      made.push(told.value);
    }
    expect(new Set(made).size).toBe(3);
    expect((await keystores.list()).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("never writes over a wallet, and takes no name that leads elsewhere", async () => {
    const { keystores } = open();
    await keystores.create(KNOWN);
    const again = await keystores.create({ ...KNOWN, source: { kind: "fresh", words: 12 } });
    expect(codeOf(again)).toBe("EXOS-E5005");
    expect(await keystores.words("known", PASSWORD)).toEqual({ ok: true, value: KNOWN_WORDS });
    for (const name of [
      "../evil",
      "..",
      "",
      "a/b",
      "a\\b",
      ".hidden",
      "-x",
      "a.",
      "x".repeat(65),
      "a\0",
    ]) {
      expect(codeOf(await keystores.create({ ...KNOWN, name })), name).toBe("EXOS-E5006");
      expect(codeOf(await keystores.read(name)), name).toBe("EXOS-E5006");
    }
    expect(await keystores.list()).toHaveLength(1);
  });

  it("tells what a text holds before anything is written", async () => {
    const { keystores } = open();
    const inspected = await keystores.inspect({ kind: "text", text: KNOWN_WORDS });
    if (!inspected.ok || inspected.value.kind !== "derived") throw new RangeError("not derived");
    expect(inspected.value.candidates.map(({ scheme }) => scheme)).toEqual([
      "exos-105",
      "exos-248",
      "plain-105",
      "plain-248",
    ]);
    expect(inspected.value.candidates[0]).toMatchObject({ accountKey: ACCOUNT_KEY });
    expect(await keystores.inspect({ kind: "text", text: KEYS })).toMatchObject({
      ok: true,
      value: { kind: "keys", publicKeys: [OWNER.publicKey, OTHER.publicKey] },
    });
    expect(await keystores.inspect({ kind: "text", text: ACCOUNT_KEY })).toMatchObject({
      ok: true,
      value: { kind: "watched", accountKey: ACCOUNT_KEY },
    });
    expect(codeOf(await keystores.inspect({ kind: "text", text: "none" }))).toBe("EXOS-E5009");
    expect(await keystores.list()).toEqual([]);
  });

  it("keeps any scheme that the keys may have, and no other", async () => {
    const { keystores } = open();
    const plain = await keystores.create({ ...KNOWN, scheme: "plain-248" });
    expect(plain).toMatchObject({ value: { scheme: "plain-248" } });
    expect(codeOf(await keystores.create({ ...KNOWN, name: "e", scheme: "electrum" }))).toBe(
      "EXOS-E5020",
    );
    const watched = { ...KNOWN, name: "w", source: { kind: "text", text: ACCOUNT_KEY } } as const;
    expect(codeOf(await keystores.create(watched))).toBe("EXOS-E5017");
    const wrong = { ...KNOWN, name: "x", source: { kind: "text", text: "abandon about" } } as const;
    expect(codeOf(await keystores.create(wrong))).toBe("EXOS-E5010");
  });

  it("keeps lists of keys", async () => {
    const { keystores } = open();
    const source = { kind: "text", text: KEYS } as const;
    const card = await keystores.create({ ...KNOWN, source });
    expect(card).toMatchObject({ value: { scheme: "keys", accountKey: undefined } });
    expect(await keystores.publicKeys("known", PASSWORD)).toEqual({
      ok: true,
      value: [OWNER.publicKey, OTHER.publicKey],
    });
    expect(codeOf(await keystores.publicKeys("known", "x"))).toBe("EXOS-E5002");
    expect(codeOf(await keystores.words("known", PASSWORD))).toBe("EXOS-E5017");
    expect(
      codeOf(await keystores.create({ ...KNOWN, name: "e", source, scheme: "exos-105" })),
    ).toBe("EXOS-E5020");
  });

  it("puts a wallet under another password, and forgets the first", async () => {
    const { keystores } = open();
    const card = await keystores.create(KNOWN);
    const wrong = { password: "not it", next: "pass B" };
    expect(codeOf(await keystores.changePassword("known", wrong))).toBe("EXOS-E5002");
    expect(codeOf(await keystores.changePassword("nobody", wrong))).toBe("EXOS-E5004");
    expect(await keystores.words("known", PASSWORD)).toMatchObject({ ok: true });
    const right = { password: PASSWORD, next: "pass B" };
    expect(codeOf(await keystores.changePassword("known", right))).toBe("ok");
    expect(codeOf(await keystores.words("known", PASSWORD))).toBe("EXOS-E5002");
    expect(await keystores.words("known", "pass B")).toEqual({ ok: true, value: KNOWN_WORDS });
    expect(await keystores.read("known")).toEqual(card);
    expect(await keystores.list()).toHaveLength(1);
  });

  it("backs up to a new file, verifies that, and restores from it", async () => {
    const { keystores, copies } = open();
    await keystores.create(KNOWN);
    const copy = join(copies, "copy.json");
    expect(codeOf(await keystores.backup("known", copy))).toBe("ok");
    expect(codeOf(await keystores.backup("known", copy))).toBe("EXOS-E5005");
    expect(codeOf(await keystores.verifyBackup("known", copy, PASSWORD))).toBe("ok");
    expect(codeOf(await keystores.verifyBackup("known", copy, "x"))).toBe("EXOS-E5002");
    expect(codeOf(await keystores.verifyBackup("known", join(copies, "no"), PASSWORD))).toBe(
      "EXOS-E5008",
    );
    const other = join(copies, "other.json");
    await keystores.create({ ...KNOWN, name: "b", source: { kind: "fresh", words: 12 } });
    await keystores.backup("b", other);
    expect(codeOf(await keystores.verifyBackup("known", other, PASSWORD))).toBe("EXOS-E5017");

    const text = await readFile(copy, "utf8");
    const source = { kind: "text", text, password: PASSWORD } as const;
    const restored = { ...KNOWN, name: "again", password: "new", source };
    expect(codeOf(await keystores.create(restored))).toBe("ok");
    expect(await keystores.words("again", "new")).toEqual({ ok: true, value: KNOWN_WORDS });
    const closed = { ...restored, name: "closed", source: { ...source, password: "x" } };
    expect(codeOf(await keystores.create(closed))).toBe("EXOS-E5002");
  });

  it("trusts no copy of which a byte was changed", async () => {
    const { keystores, copies } = open();
    await keystores.create(KNOWN);
    const path = join(copies, "copy.json");
    await keystores.backup("known", path);
    const text = await readFile(path, "utf8");
    /** With other digits of hex at the beginning of a field, whatever they are. */
    const inverted = (field: string, digits: number) =>
      text.replace(
        new RegExp(`("${field}": ")(.{${digits}})`),
        (_, before: string, found: string) =>
          before + found.replace(/./g, (digit) => (digit === "0" ? "1" : "0")),
      );
    const changes = [
      ["scheme", text.replace(/"scheme": "exos-105"/, '"scheme": "plain-105"'), "EXOS-E5002"],
      ["createdAt", text.replace(/"createdAt": \d+/, '"createdAt": 1'), "EXOS-E5002"],
      ["ciphertext", inverted("ciphertext", 2), "EXOS-E5002"],
      ["fingerprint", inverted("fingerprint", 8), "EXOS-E5002"],
      ["id", text.replace(/"id": "../, '"id": "zz'), "EXOS-E5008"],
    ] as const;
    for (const [field, other, expected] of changes) {
      const changed = join(copies, `${field}.json`);
      await writeFile(changed, other);
      const code = codeOf(await keystores.verifyBackup("known", changed, PASSWORD));
      expect(code, field).toBe(expected);
    }
    expect(existsSync(path)).toBe(true);
  });

  it("opens a signer, which is locked", async () => {
    const { keystores } = open();
    await keystores.create(KNOWN);
    const opened = await keystores.open("known");
    if (!opened.ok) throw new RangeError(opened.error.message);
    await using signer = opened.value;
    expect(signer.status()).toEqual({ state: "locked" });
    await signer.unlock(PASSWORD, { stakingOnly: true, seconds: undefined });
    expect(await signer.accountKey(0)).toEqual({ ok: true, value: ACCOUNT_KEY });
  });
}
