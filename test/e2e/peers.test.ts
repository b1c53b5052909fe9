import { describe, expect, it } from "vitest";
import { openDevelopmentNode } from "../support/development-node.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** What `exos rpc` prints, as JSON. */
async function rpc(environment: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const { code, out, err } = await runInProcess(["rpc", ...words], { environment });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out === "" ? undefined : JSON.parse(out);
}

describe("two nodes of the command line", () => {
  it("find one another, agree, and tell their operators so", { timeout: 60_000 }, async () => {
    await using a = await openDevelopmentNode(temporaryFolder());
    const { listening } = await rpc(a.environment, "getnetworkinfo");
    const port = /:(\d+)$/.exec(listening[0])?.[1];
    const stop = new AbortController();
    const ready = Promise.withResolvers<string>();
    const folder = temporaryFolder();
    const running = runInProcess(["start", "--json", "--connect", `127.0.0.1:${port}`], {
      environment: { EXOS_DATADIR: folder, EXOS_HTTPPORT: "0", EXOS_RPCPORT: "0" },
      signal: stop.signal,
      onOutput: (out) => out.includes("\n") && ready.resolve(out),
    });
    const ended = running.then(({ err }) => Promise.reject(new RangeError(err)));
    ended.catch(() => undefined);
    const { httpUrl, rpcUrl } = JSON.parse(await Promise.race([ready.promise, ended]));
    const b = {
      EXOS_DATADIR: folder,
      EXOS_HTTPPORT: new URL(httpUrl).port,
      EXOS_RPCPORT: new URL(rpcUrl).port,
    };

    const tip = await rpc(a.environment, "getblockcount");
    expect(tip).toBeGreaterThan(10);
    while ((await rpc(b, "getblockcount")) < tip) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await rpc(a.environment, "generate", "1");
    while ((await rpc(b, "getblockcount")) <= tip) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }

    const people = await runInProcess(["peers"], { environment: b });
    expect(people).toMatchObject({
      code: 0,
      out: expect.stringMatching(/127\.0\.0\.1:\d+ +manual/),
    });
    const programs = await runInProcess(["peers", "--json"], { environment: a.environment });
    expect(JSON.parse(programs.out)).toMatchObject({
      schema: "exos.peers.v1",
      peers: [{ inbound: true, connection_type: "inbound" }],
    });
    const doctor = await runInProcess(["doctor", "--json"], { environment: b });
    const { checks } = JSON.parse(doctor.out);
    expect(checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: "chain-peers", verdict: "ok", evidence: "1 peers" }),
        expect.objectContaining({ id: "chain-lag", verdict: "ok" }),
      ]),
    );
    await rpc(a.environment, "setban", "127.0.0.1:9", "add", "100");
    expect(await rpc(a.environment, "listbanned")).toMatchObject([{ address: "127.0.0.1:9" }]);
    stop.abort();
    expect((await running).code).toBe(0);
  });
});
