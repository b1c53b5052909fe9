import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDevelopmentNode } from "../support/development-node.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { temporaryFolder as folderOfFile } from "../support/test-node.ts";

const TIMEOUT_MS = 300_000;

/** A development chain's data folder, and a snapshot of it. */
async function makeSnapshot(root: string) {
  const [source, snapshot] = [join(root, "source"), join(root, "copy")];
  let address: string;
  {
    await using node = await openDevelopmentNode(source);
    ({ address } = node);
  }
  const environment = { EXOS_DATADIR: source };
  const made = await runInProcess(["snapshot", "create", snapshot, "--json"], { environment });
  expect(made).toMatchObject({ code: 0, err: "" });
  return { source, snapshot, address, facts: JSON.parse(made.out) };
}

async function ask(port: number, path: string): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  // Objects are all that these paths answer with.
  return (await answer.json()) as Readonly<Record<string, unknown>>;
}

describe("a snapshot", () => {
  let made: Awaited<ReturnType<typeof makeSnapshot>>;
  const folder = folderOfFile();
  afterAll(() => folder[Symbol.dispose]());
  beforeAll(async () => {
    made = await makeSnapshot(folder.path);
  });

  it("starts a node that knows every balance and goes on", async () => {
    const { source, snapshot, address, facts } = made;
    const environment = { EXOS_DATADIR: temporaryFolder() };
    const checked = await runInProcess(["snapshot", "verify", snapshot], { environment });
    expect(checked).toMatchObject({ code: 0, out: expect.stringContaining(facts.muhash) });
    const restored = await runInProcess(["snapshot", "import", snapshot, "--json"], {
      environment,
    });
    expect(JSON.parse(restored.out)).toEqual({ ...facts, verb: "import" });

    const path = `/v1/addresses/${address}`;
    await using first = await openDevelopmentNode(source);
    await using second = await openDevelopmentNode(environment.EXOS_DATADIR);
    const [whole, seeded] = [await ask(first.httpPort, path), await ask(second.httpPort, path)];
    expect(seeded["coins"]).toBe(whole["coins"]);
    expect(await ask(second.httpPort, "/v1/tip")).toMatchObject({
      height: facts.height,
      hash: facts.hash,
    });
    const supply = await ask(second.httpPort, "/v1/supply");
    expect(supply).toMatchObject({ supply: facts.supply });

    const rpc = ["rpc", "generate", "2"];
    expect(await runInProcess(rpc, second)).toMatchObject({ code: 0 });
    // At least: on a busy machine it has staked a block of its own before it is asked.
    await expect
      .poll(async () => (await ask(second.httpPort, "/v1/node"))["indexHeight"], {
        timeout: TIMEOUT_MS,
      })
      .toBeGreaterThanOrEqual(facts.height + 2);
  });

  it("is refused by the file in which a byte differs", async () => {
    const { snapshot } = made;
    for (const name of readdirSync(snapshot)) {
      const file = join(snapshot, name);
      const bytes = readFileSync(file);
      const broken = Uint8Array.from(bytes);
      broken[40] = (broken[40] ?? 0) ^ 1;
      writeFileSync(file, broken);
      for (const verb of ["verify", "import"]) {
        const environment = { EXOS_DATADIR: temporaryFolder() };
        const said = await runInProcess(["snapshot", verb, snapshot], { environment });
        expect(said, `${verb} ${name}`).toMatchObject({ code: 1, out: "" });
        expect(said.err, `${verb} ${name}`).toMatch(/^EXOS-E1013 /);
        expect(said.err).toContain(name);
      }
      writeFileSync(file, bytes);
    }
  });

  it("goes into an empty folder alone, and is not written over", async () => {
    const { source, snapshot } = made;
    const environment = { EXOS_DATADIR: source };
    for (const [words, code] of [
      [["import", snapshot], "EXOS-E1013"],
      [["create", snapshot], "EXOS-E2011"],
      [["create", join(temporaryFolder(), "x"), "--height", "9999"], "EXOS-E1013"],
      [["verify", snapshot, "--trust", "12"], "EXOS-E0002"],
      [["verify", snapshot, "--trust", "12".repeat(32)], "EXOS-E1013"],
      [["verify", join(temporaryFolder(), "nothing")], "EXOS-E1013"],
      [["verify"], "EXOS-E0002"],
      [["copy", snapshot], "EXOS-E0002"],
    ] as const) {
      const { code: exit, err } = await runInProcess(["snapshot", ...words], { environment });
      expect({ words, exit: exit !== 0, code: err.slice(0, 10) }).toEqual({
        words,
        exit: true,
        code,
      });
    }
  });
});
