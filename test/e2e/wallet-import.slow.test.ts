import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDevelopmentNode } from "../support/development-node.ts";
import { passwordFile } from "../support/make-wallet.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { KNOWN_WORDS } from "../support/wallet-vectors.ts";

const TIMEOUT_MS = 300_000;

describe("keys from elsewhere", () => {
  it("are looked up by every scheme, and the one that finds coins is taken", async () => {
    const [folder, secrets] = [temporaryFolder(), temporaryFolder()];
    const words = join(secrets, "words");
    writeFileSync(words, `${KNOWN_WORDS}\n`);
    await using node = await openDevelopmentNode(folder);
    const { environment } = node;
    const run = (...line: string[]) => runInProcess(line, { environment });
    const password = ["--password-file", passwordFile(secrets)];
    const { code, out, err } = await run("wallet", "import", "old", "--from", words, ...password);
    expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^wallet +old on exos-regtest, loaded\nscheme +exos-105\n/);
    expect(err).toMatch(/exos-105 +[1-9]\d* +\d{9}\.\d{8}\n/);
    expect(err).toMatch(/exos-248 +0 +0\.00000000\n/);
    // A block may be minted between the two.
    const differ = async () => {
      const of = ["old", "dev"].map((name) => run("balance", "--wallet", name, "--json"));
      return new Set((await Promise.all(of)).map((said) => said.out)).size;
    };
    await expect.poll(differ, { timeout: TIMEOUT_MS }).toBe(1);

    const copy = join(secrets, "copy.json");
    expect(await run("wallet", "backup", "old", copy)).toMatchObject({ code: 0 });
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(await run("wallet", "backup", "old", copy)).toMatchObject({ code: 6 });
    const wrong = ["wallet", "import", "bad", "--from", join(secrets, "password"), ...password];
    expect((await run(...wrong)).code).not.toBe(0);
    expect(await run("wallet", "import", "old", "--from", words, ...password)).toMatchObject({
      code: 6,
    });
  });

  it("need no node where the scheme is named, and say so where it is not", async () => {
    const [folder, secrets] = [temporaryFolder(), temporaryFolder()];
    const words = join(secrets, "words");
    writeFileSync(words, KNOWN_WORDS);
    const environment = { EXOS_DATADIR: folder, EXOS_HTTPPORT: "1", EXOS_RPCPORT: "1" };
    const line = ["wallet", "import", "old", "--from", words];
    const password = ["--password-file", passwordFile(secrets)];
    expect(await runInProcess([...line, ...password], { environment })).toMatchObject({ code: 8 });
    const named = [...line, ...password, "--scheme", "plain-105", "--json"];
    const { out } = await runInProcess(named, { environment });
    expect(JSON.parse(out)).toMatchObject({ name: "old", scheme: "plain-105", loaded: false });
    const odd = [...line, ...password, "--scheme", "bip84"];
    expect(await runInProcess(odd, { environment })).toMatchObject({ code: 2 });
  });
});
