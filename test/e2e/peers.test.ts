import { describe, expect, it } from "vitest";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type Environment = Readonly<Record<string, string>>;

/** What `exos rpc` prints, as JSON. */
async function rpc(environment: Environment, ...words: readonly string[]) {
  const { code, out, err } = await runInProcess(["rpc", ...words], { environment });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out === "" ? undefined : JSON.parse(out);
}

/** `exos start` in this process, on ports of its own. */
async function openStarted(...words: readonly string[]) {
  const stop = new AbortController();
  const folder = temporaryFolder();
  const ready = Promise.withResolvers<string>();
  const running = runInProcess(["start", "--json", ...words], {
    environment: { EXOS_DATADIR: folder, EXOS_HTTPPORT: "0", EXOS_RPCPORT: "0" },
    signal: stop.signal,
    onOutput: (out) => out.includes("\n") && ready.resolve(out),
  });
  const ended = running.then(({ err }) => Promise.reject(new RangeError(err)));
  ended.catch(() => undefined);
  const { httpUrl, rpcUrl } = JSON.parse(await Promise.race([ready.promise, ended]));
  const environment: Environment = {
    EXOS_DATADIR: folder,
    EXOS_HTTPPORT: new URL(httpUrl).port,
    EXOS_RPCPORT: new URL(rpcUrl).port,
  };
  return {
    environment,
    async [Symbol.asyncDispose]() {
      stop.abort();
      expect((await running).code).toBe(0);
    },
  };
}

async function reaches(environment: Environment, height: number): Promise<void> {
  while ((await rpc(environment, "getblockcount")) < height) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("two nodes of the command line", () => {
  it("find one another, agree, and tell their operators so", async () => {
    await using a = await openStarted();
    await rpc(a.environment, "generate", "20");
    const { listening } = await rpc(a.environment, "getnetworkinfo");
    const port = /:(\d+)$/.exec(listening[0])?.[1];
    await using b = await openStarted("--connect", `127.0.0.1:${port}`);
    await reaches(b.environment, 20);
    await rpc(a.environment, "generate", "1");
    await reaches(b.environment, 21);

    const people = await runInProcess(["peers"], { environment: b.environment });
    expect(people.code).toBe(0);
    expect(people.out).toMatch(/127\.0\.0\.1:\d+ +manual .*exos:/);
    const programs = await runInProcess(["peers", "--json"], { environment: a.environment });
    expect(JSON.parse(programs.out)).toMatchObject({
      schema: "exos.peers.v1",
      peers: [{ inbound: true, connection_type: "inbound" }],
    });
    const doctor = await runInProcess(["doctor", "--json"], { environment: b.environment });
    expect(JSON.parse(doctor.out).checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: "chain-peers", verdict: "ok", evidence: "1 peers" }),
        expect.objectContaining({ id: "chain-lag", verdict: "ok" }),
      ]),
    );
    await rpc(a.environment, "setban", "127.0.0.1:9", "add", "100");
    expect(await rpc(a.environment, "listbanned")).toMatchObject([{ address: "127.0.0.1:9" }]);
    const logs = await runInProcess(["logs", "--json"], { environment: a.environment });
    expect(JSON.parse(logs.out.split("\n")[0] ?? "")).toMatchObject({ level: "info" });
  });
});

describe("a key about peers that means nothing", () => {
  it.each([
    ["--connect", "no host", 'connect: "no host" is no address'],
    ["--addnode", "1.2.3.4:0", 'addnode: "1.2.3.4:0" is no address'],
    ["--bind", "1.2.3.4.5", 'bind: "1.2.3.4.5" is no address'],
    ["--externalip", "1.2.3.999", 'externalip: "1.2.3.999" is no address'],
    ["--whitelist", "10.0.0.0/33", 'whitelist: "10.0.0.0/33" is no address'],
    ["--proxy", ":9050", 'proxy: ":9050" is no HOST:PORT'],
    ["--agentprefix", "a/b", 'agentprefix: "a/b" is not'],
  ])("stops the start and is named: %s %s", async (key, value, sentence) => {
    const words = ["start", key, value, "--httpport", "0", "--rpcport", "0"];
    const environment = { EXOS_DATADIR: temporaryFolder() };
    const { code, err } = await runInProcess(words, { environment });
    expect(code).toBe(2);
    expect(err).toContain(`EXOS-E0002 ${sentence}`);
  });
});
