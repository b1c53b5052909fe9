import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDevelopmentNode } from "../support/development-node.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const PASSWORD = "canary-of-the-password";
const WRONG = "canary-of-a-wrong-one";
const WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow";
const TYPO = WORDS.replace("yellow", "canaryword");

/** Whatever lies below a folder, but for sockets and the like. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

it("writes no word and no password anywhere but where its owner asked", async () => {
  const own = temporaryFolder();
  const fileOf = (name: string, text: string) => {
    writeFileSync(join(own, name), text, { mode: 0o600 });
    return join(own, name);
  };
  const [password, wrong] = [fileOf("password", PASSWORD), fileOf("wrong", WRONG)];
  const [words, typo] = [fileOf("words", WORDS), fileOf("typo", TYPO)];
  const opened = ["--password-file", password];
  const folder = temporaryFolder();
  const said: string[] = [];
  {
    await using node = await openDevelopmentNode(folder);
    const { environment } = node;
    const run = async (...line: string[]) => {
      const { code, out, err } = await runInProcess(line, { environment });
      said.push(out, err);
      return { code, out, err };
    };
    const create = await run("wallet", "create", "fresh", ...opened);
    expect(create).toMatchObject({ code: 0 });
    const restored = ["wallet", "import", "restored", "--from", words, ...opened];
    expect(await run(...restored, "--scheme", "exos-105")).toMatchObject({ code: 0 });
    expect((await run("wallet", "import", "typo", "--from", typo, ...opened)).code).not.toBe(0);
    expect((await run(...restored)).code, "it is there already").not.toBe(0);
    const unlock = ["wallet", "unlock", "restored", "--password-file"];
    expect((await run(...unlock, wrong)).code).not.toBe(0);
    expect(await run(...unlock, password)).toMatchObject({ code: 0 });
    expect(await run("address", "new", "--wallet", "restored")).toMatchObject({ code: 0 });
    expect((await run("rpc", "getwalletinfo", "extra")).code).not.toBe(0);
    const copy = join(folder, "copy.json");
    expect(await run("wallet", "backup", "restored", copy)).toMatchObject({ code: 0 });
    expect(await run("wallet", "lock", "restored")).toMatchObject({ code: 0 });
    expect(await run("wallet", "list", "--json")).toMatchObject({ code: 0 });

    const asked = ["wallet", "backup", "restored", "--words", ...opened];
    expect((await runInProcess(asked, { environment })).out).toContain(WORDS);
  }
  const written = filesBelow(folder).map((path) => readFileSync(path, "latin1"));
  expect(written.length).toBeGreaterThan(5);
  for (const text of [...said, ...written]) {
    for (const secret of ["canary", "sausage", "winner"]) expect(text).not.toContain(secret);
  }
});
