import { describe, expect, it } from "vitest";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import { height } from "#shared/primitives/brand.ts";
import { connectionHost, connectionWorld, pass } from "../../support/connection-rig.ts";
import { clientOf } from "../../support/rpc-client.ts";
import { createRpcNode, recordedBlocks } from "../../support/rpc-node.ts";

const blocks = recordedBlocks(40);

describe("while stores open", () => {
  it("the process is healthy, not started, not ready, and counts itself", async () => {
    const node = await createRpcNode([]);
    node.setState({ phase: "opening", stores: undefined, progress: 0.5, etaSeconds: 3 });
    const send = clientOf(node);
    expect((await send("/healthz")).status).toBe(200);
    const startup = await send("/startupz");
    expect(startup.status).toBe(503);
    expect(startup.json).toEqual({ phase: "opening", percent: 50, etaSeconds: 3 });
    const ready = await send("/readyz");
    expect(ready.status).toBe(503);
    expect(ready.headers.get("x-exos-error")).toBe("EXOS-E2001");
    expect(ready.json["reasons"]).toHaveLength(1);
    const metrics = await send("/metrics");
    expect(metrics.status).toBe(200);
    expect(metrics.text).toContain("bitcoin_uptime 0");
    expect(metrics.text).not.toContain("bitcoin_blocks");
  });
});

describe("over tables that nothing was written to yet", () => {
  it("a city is not ready, and says which release waits", async () => {
    const node = await createRpcNode([]);
    const { stores } = node.deps.state();
    if (stores === undefined) throw new RangeError("the stores are open");
    const coins = createMemoryCoinStore("exos");
    node.setState({ phase: "ready", stores: { ...stores, coins }, progress: 1, etaSeconds: 0 });
    const ready = await clientOf(node)("/readyz");
    expect(ready.status).toBe(503);
    expect(ready.json).toMatchObject({
      reasons: [{ name: "phase", text: "There is no chain yet", out: true }],
      version: node.deps.version,
    });
  });
});

describe("a node", () => {
  it("without a source of peers is ready when stores and index stand at the tip", async () => {
    const node = await createRpcNode([]);
    const send = clientOf(node);
    expect((await send("/readyz")).status).toBe(200);
    expect((await send("/startupz")).status).toBe(200);
    expect((await send("/v1/health")).json).toEqual({
      status: "ok",
      reasons: [],
      checks: { phase: true, lag: true, index: true, age: true, store: true },
    });
  });

  it("of a public network wants a peer, unless it has no way to any", async () => {
    const world = connectionWorld();
    const other = { host: "20.1.0.1", port: 4_562 };
    const alone = await connectionHost(world, "30.1.0.1");
    const named = await connectionHost(world, "40.1.0.1", { settings: { added: [other] } });
    const ask = async ({ peers }: typeof alone, network = stratis) =>
      clientOf(await createRpcNode([], { network, peers }))("/readyz");
    expect((await ask(alone)).status).toBe(200);
    const waiting = await ask(named);
    expect(waiting.status).toBe(503);
    expect(waiting.text).toContain("EXOS-E3006");
    expect((await ask(named, exosRegtest)).status).toBe(200);
    const there = await connectionHost(world, other.host);
    await pass(world.clock, 40);
    expect((await ask(named)).status).toBe(200);
    for (const host of [alone, named, there]) await host.stop();
  });

  it("is not ready in another phase", async () => {
    const node = await createRpcNode([]);
    node.setState({ phase: "indexing" });
    const { status, text } = await clientOf(node)("/readyz");
    expect(status).toBe(503);
    expect(text).toContain("indexing");
  });

  it.skipIf(blocks === undefined)("is not ready two blocks before its index is", async () => {
    const node = await createRpcNode(blocks ?? []);
    const at = async (lag: number) => {
      const { index } = node.stores;
      const cursor = async () => ({ height: height(40 - lag), hash: node.tip().hash });
      node.setState({ stores: { ...node.stores, index: { ...index, cursor } } });
      return clientOf(node)("/readyz");
    };
    expect((await at(1)).status).toBe(200);
    const behind = await at(2);
    expect(behind.status).toBe(503);
    expect(behind.text).toContain("EXOS-E1009");
  });

  it.skipIf(blocks === undefined)(
    "is ready two blocks behind the best header, not three",
    async () => {
      const whole = await createRpcNode(blocks ?? []);
      const at = async (lag: number, query = "") => {
        const behind = await createRpcNode((blocks ?? []).slice(0, 40 - lag));
        for (let from = 40 - lag + 1; from <= 40; from++) {
          const bytes = await whole.stores.coins.tip().then((tip) => tip?.win[from]);
          const stored = bytes === undefined ? undefined : await whole.stores.headers.get(bytes);
          if (stored !== undefined) await behind.stores.headers.put(stored.record);
        }
        return clientOf(behind)(`/readyz${query}`);
      };
      expect((await at(2)).status).toBe(200);
      expect((await at(3)).status).toBe(503);
      expect((await at(3, "?maxlag=3")).status).toBe(200);
      expect((await at(2, "?maxlag=1")).status).toBe(503);
    },
  );

  it.each(["many", "-1", "1.5", "", "1000000"])("refuses maxlag=%s", async (lag) => {
    const node = await createRpcNode([]);
    const { status, text, headers } = await clientOf(node)(`/readyz?maxlag=${lag}`);
    expect(status).toBe(400);
    expect(headers.get("x-exos-error")).toBe("EXOS-E4001");
    expect(text).toContain("maxlag");
  });

  it("takes the largest maxlag", async () => {
    const node = await createRpcNode([]);
    expect((await clientOf(node)("/readyz?maxlag=999999")).status).toBe(200);
  });

  it("with peers is not ready on an old tip", async () => {
    const readiness = { blocksMax: 2, ageSecondsMax: 1_800 };
    const node = await createRpcNode([], { readiness });
    const { status, text } = await clientOf(node)("/readyz");
    expect(status).toBe(503);
    expect(text).toContain("s old");
  });
});

it.each([
  ["28.1.0", 280_100],
  ["1.2.3-rc.1", 10_203],
  ["dev", 0],
])("metrics say version %s as Core's number %i", async (version, number) => {
  const { text } = await clientOf(await createRpcNode([], { version }))("/metrics");
  expect(text).toContain(`bitcoin_server_version ${number}\n`);
});

it.skipIf(blocks === undefined)("metrics speak of tip, transactions and requests", async () => {
  const node = await createRpcNode(blocks ?? []);
  const send = clientOf(node);
  await send("/v1/blocks/7");
  const { text, headers } = await send("/metrics");
  expect(headers.get("content-type")).toContain("version=0.0.4");
  for (const line of [
    "bitcoin_blocks 40",
    "bitcoin_latest_block_height 40",
    "bitcoin_num_chaintips 1",
    "bitcoin_verification_progress 1",
    "exos_index_lag_blocks 0",
    "exos_lag_blocks 0",
    "bitcoin_warnings 0",
    "bitcoin_server_version 0",
    "bitcoin_size_on_disk 4096",
    'exos_sync_phase{phase="ready"} 1',
    'exos_city_info{city="local",network="exos-regtest",version="0.0.0-test"} 1',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).toContain('route="/v1/blocks/{id}"');
  expect(text).not.toContain("blocks/7");
});
