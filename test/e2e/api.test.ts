import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { type ServedNode, serveNode } from "#services/cli/embedded/serve-node.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { clientOf, post } from "../support/rpc-client.ts";
import { createRpcNode, recordedBlocks } from "../support/rpc-node.ts";
import { importFile, openTestNode, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const file = vectorsPath("exos-regtest/chain.dat");
const ADDRESS = "XaQ3FLPDyHc2ScMubVv2x3SvWF6BGb93u8";
const MINER = "XTgsMRHPJcDe8fQcYzX8uwVmWd8Ma6fQCe";
const STAKE = "5595b8f8f443e83acd186441796082483f1304a232d5e9759172bf2e2ae17d3a";
const TIP = "47de36f97493e83bc1d75314cf2f83289f0738125869df0e44eaa323c3500447";
const TXID = "ca3e89b732c2bbfd89daf16704686d3538b04634616ef9656bde5ebd5c738540";

/** What does not depend on the process or the clock. */
const PATHS = [
  "/v1/tip",
  "/v1/blocks?limit=40",
  "/v1/blocks/171",
  "/v1/blocks/171/txs",
  "/v1/headers?from=0&count=600",
  `/v1/txs/${TXID}`,
  `/v1/txs/${TXID}/proof`,
  `/v1/addresses/${ADDRESS}`,
  `/v1/addresses/${ADDRESS}/txs?limit=200`,
  `/v1/addresses/${MINER}/txs?kind=mined`,
  `/v1/addresses/${MINER}/coins?limit=200`,
  "/v1/supply",
  `/v1/search?q=${TXID}`,
  "/v1/blocks/99999",
];
const CALLS = [
  ["getbestblockhash"],
  ["getblock", STAKE, 3],
  ["getblock", TIP, 2],
  ["getblockheader", STAKE],
  ["getchaintips"],
  ["getdifficulty"],
  ["getindexinfo"],
  ["getrawtransaction", TXID, 2],
  ["gettxout", "b0bbdac5a26e146d1ab15f173c191f5abe9a7485c30185a2c1ad85dd3913cbd8", 0],
  ["gettxoutproof", [TXID]],
  ["gettxoutsetinfo"],
].map(([method, ...params]) => ({ method, params, id: method }));

interface Served extends AsyncDisposable {
  readonly node: EmbeddedNode;
  ask(path: string): Promise<string>;
  rpc(...calls: readonly object[]): Promise<string>;
}

async function serve(
  root: string,
  prepare?: (node: EmbeddedNode) => Promise<void>,
): Promise<Served> {
  await using stack = new AsyncDisposableStack();
  const node = stack.use(await openTestNode(exosRegtest, root));
  await node.tip();
  await prepare?.(node);
  const stop = new AbortController();
  const served: ServedNode = stack.use(
    await serveNode(node, {
      http: { host: "127.0.0.1", port: 0 },
      rpc: { host: "127.0.0.1", port: 0 },
      rpcauth: [],
      rpcuser: undefined,
      rpcpassword: undefined,
      rpcallowip: [],
      rpcwhitelist: [],
      httphosts: [],
      httporigins: [],
      readiness: { blocksMax: 2, ageSecondsMax: undefined },
      version: "test",
      rewardScript: Uint8Array.of(0x51),
      stop: () => stop.abort(),
    }),
  );
  await served.catchUp(stop.signal, () => undefined);
  const running = Promise.all([node.run(stop.signal), served.follow(stop.signal)]);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  const authorization = `Basic ${readFileSync(served.cookiePath).toString("base64")}`;
  const held = stack.move();
  return {
    node,
    ask: async (path) => (await fetch(`http://127.0.0.1:${served.httpPort}${path}`)).text(),
    rpc: async (...calls) => {
      const body = JSON.stringify(calls);
      const init = { method: "POST", headers: { authorization }, body };
      return (await fetch(`http://127.0.0.1:${served.rpcPort}/`, init)).text();
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Everything that is compared, as one text. */
async function answers({ ask, rpc }: Pick<Served, "ask" | "rpc">): Promise<string[]> {
  const read: string[] = [];
  for (const path of PATHS) read.push(`${path} ${await ask(path)}`);
  for (const call of CALLS) read.push(`${call.method} ${await rpc(call)}`);
  return read;
}

const call = (method: string, ...params: unknown[]) => ({ method, params });
const ready = ({ ask }: Served) =>
  expect.poll(() => ask("/readyz"), { timeout: 300_000 }).toMatch(/^{"reasons":\[\],/);

it.skipIf(file === undefined)(
  "a whole node answers as the same chain in memory does, after a reorganisation there and back and after a restart",
  async () => {
    using folder = temporaryFolder();
    const memory = await createRpcNode(recordedBlocks(532) ?? []);
    const send = clientOf(memory);
    const expected = await answers({
      ask: async (path) => (await send(path)).text,
      rpc: async (...calls) => (await post(send, JSON.stringify(calls))).text,
    });
    const importing = async (node: EmbeddedNode) => {
      const imported = await importFile(node, file ?? "", { stopHeight: 532 });
      expect(imported.ok).toBe(true);
    };
    {
      await using served = await serve(folder.path, importing);
      await ready(served);
      expect(await answers(served)).toEqual(expected);

      const fork = (await served.node.coins.tip())?.win[400] ?? "";
      expect(await served.rpc(call("invalidateblock", fork))).toContain('"error":null');
      expect(await served.rpc(call("getblockcount"))).toContain('"result":399');
      await ready(served);
      expect(await served.ask("/v1/blocks/400")).toContain("EXOS-E4041");
      expect(await served.ask(`/v1/blocks/${fork}`)).toContain('"confirmations":-1');
      expect(await served.rpc(call("reconsiderblock", fork))).toContain('"error":null');
      await ready(served);
      expect(await answers(served)).toEqual(expected);
    }
    await using again = await serve(folder.path);
    await ready(again);
    expect(await answers(again)).toEqual(expected);

    const mined = await again.rpc(call("generate", 2));
    const [{ result: hashes }] = JSON.parse(mined) as [{ result: string[] }];
    expect(hashes).toHaveLength(2);
    await ready(again);
    expect(await again.ask("/v1/tip")).toContain(`"height":534,"hash":"${hashes[1]}"`);
    const [raw] = JSON.parse(await again.rpc(call("getblock", hashes[0], 0))) as [
      { result: string },
    ];
    expect(await again.rpc(call("submitblock", raw.result))).toContain('"result":"duplicate"');
    expect(await again.rpc(call("invalidateblock", hashes[0]))).toContain('"error":null');
    await ready(again);
    expect(await again.rpc(call("submitblock", raw.result))).toContain('"duplicate-invalid"');
    expect(await again.rpc(call("getbestblockhash"))).toContain(TIP);
  },
);
