import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { passwordFile, WALLET_PASSWORD } from "../support/make-wallet.ts";
import { runInProcess, type Said } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A node of development and commands to it; everything that any of them says is kept. */
async function openShell(folder: string) {
  const said: string[] = [];
  const stop = new AbortController();
  const environment = { EXOS_DATADIR: folder, EXOS_LOGLEVEL: "debug" };
  const ready = Promise.withResolvers<string>();
  const running = runInProcess(["dev", "--json"], {
    environment: { ...environment, EXOS_HTTPPORT: "0", EXOS_RPCPORT: "0" },
    signal: stop.signal,
    onOutput: (out) => out.includes("\n") && ready.resolve(out),
  });
  const ended = running.then(({ err }) => Promise.reject(new RangeError(`it ended: ${err}`)));
  const { httpUrl, rpcUrl } = JSON.parse(await Promise.race([ready.promise, ended]));
  ended.catch(() => undefined);
  const ports = {
    EXOS_HTTPPORT: new URL(httpUrl).port,
    EXOS_RPCPORT: new URL(rpcUrl).port,
  };
  const run = async (...words: string[]): Promise<Said> => {
    const answer = await runInProcess(words, { environment: { ...environment, ...ports } });
    said.push(answer.out, answer.err);
    return answer;
  };
  return {
    said,
    run,
    /** What a command answers as JSON. @throws when it fails */
    async json(...words: string[]) {
      const { code, out, err } = await run(...words, "--json");
      if (code !== 0) throw new RangeError(`${words.join(" ")}: ${err}`);
      return JSON.parse(out);
    },
    async end(): Promise<void> {
      stop.abort();
      const { out, err } = await running;
      said.push(out, err);
    },
  };
}

/** Every file below a folder, as bytes. */
function filesBelow(folder: string): Buffer[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const paths = names.map((name) => join(folder, name));
  return paths.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path));
}

describe("a wallet of one's own", () => {
  it("is made, paid, pays, and is mined; and its secrets stay where they are", async () => {
    const [folder, secrets] = [temporaryFolder(), temporaryFolder()];
    const password = passwordFile(secrets);
    const wrong = join(secrets, "wrong");
    writeFileSync(wrong, "not the password");
    const offline = { environment: { EXOS_DATADIR: folder, EXOS_RPCPORT: "1" } };
    const made = await runInProcess(
      ["wallet", "create", "mine", "--json", "--password-file", password],
      offline,
    );
    expect(JSON.parse(made.out)).toMatchObject({ name: "mine", scheme: "exos-105", loaded: false });

    const shell = await openShell(folder);
    const { run, json, said } = shell;
    expect(await json("wallet", "list")).toMatchObject({
      wallets: [
        { name: "dev", loaded: true },
        { name: "mine", loaded: true },
      ],
    });
    const own = ["--wallet", "mine"];
    const { address } = await json("address", "new", "--label", "pocket money", ...own);
    const gift = await json("send", address, "25", "--yes", "--wallet", "dev");
    expect(await json("balance", ...own)).toMatchObject({ pending: "25.00000000" });
    await mined(json, gift.txid, "dev");
    expect(await json("balance", ...own)).toMatchObject({ spendable: "25.00000000" });

    const to = "XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh";
    expect(await run("send", to, "10", ...own)).toMatchObject({ code: 9 });
    expect(await run("send", to, "10", "--yes", ...own)).toMatchObject({ code: 4 });
    expect(await run("send", to, "30", "--yes", ...own)).toMatchObject({ code: 5 });
    expect(await run("send", "nobody", "1", "--yes", ...own)).toMatchObject({ code: 7 });
    expect(await run("wallet", "info", "nobody")).toMatchObject({ code: 7 });
    const unlock = ["wallet", "unlock", "mine"];
    expect(await run(...unlock, "--password-file", wrong)).toMatchObject({ code: 4 });
    expect(await run(...unlock)).toMatchObject({ code: 2 });
    expect(await run(...unlock, "--password", WALLET_PASSWORD)).toMatchObject({ code: 2 });
    expect(await run(...unlock, "--password-file", password, "--for", "1h")).toMatchObject({
      code: 0,
    });
    const link = `exos:${to}?amount=10&label=x`;
    const sent = await json("send", link, "--yes", "--op-return", "thanks", ...own);
    expect(sent).toMatchObject({ to, amount: "10.00000000", fee: "0.00010000", data: "thanks" });
    await mined(json, sent.txid, "mine");
    expect(await json("balance", ...own)).toMatchObject({ spendable: "14.99990000" });
    expect(await run("wallet", "lock", "mine")).toMatchObject({ code: 0 });

    // Calls that fail with a secret in their hands.
    await run("rpc", "walletpassphrase", WALLET_PASSWORD, "soon");
    await run("rpc", "nosuchmethod", WALLET_PASSWORD);
    await run("rpc", "createwallet", "no/name", "false", "false", WALLET_PASSWORD);
    await shell.end();
    const backup = ["wallet", "backup", "mine", "--words", "--password-file", password];
    const { out: words } = await runInProcess(backup, offline);
    expect(words.trim().split(" ")).toHaveLength(12);

    const written = [...said.map((text) => Buffer.from(text)), ...filesBelow(folder)];
    const [first, second] = [
      words.trim().split(" ").slice(0, 3),
      words.trim().split(" ").slice(-3),
    ];
    for (const secret of [WALLET_PASSWORD, words.trim(), first.join(" "), second.join(" ")]) {
      expect(written.some((bytes) => bytes.includes(secret))).toBe(false);
    }
    expect(written.some((bytes) => bytes.includes("pocket money"))).toBe(true);
  });
});

/** Mine until a block holds the transaction: one whose time fits. */
async function mined(
  json: (...words: string[]) => Promise<{ readonly result?: { readonly confirmations: number } }>,
  txid: string,
  wallet: string,
): Promise<void> {
  for (let blocks = 0; blocks < 20; blocks++) {
    await json("rpc", "generate", "1");
    const { result } = await json("rpc", `-rpcwallet=${wallet}`, "gettransaction", txid);
    if ((result?.confirmations ?? 0) > 0) return;
  }
  throw new RangeError(`${txid} is not mined`);
}
