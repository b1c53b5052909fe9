import { describe, expect, it, vi } from "vitest";
import { cityAccess } from "#services/rpc/city/city-access.ts";
import { holdTip } from "#services/rpc/city/hold-tip.ts";
import { type CityPorts, openCity } from "#services/rpc/city/open-city.ts";
import { createApi } from "#services/rpc/core.ts";
import { openChain } from "#services/rpc/views/chain.ts";
import { lagBlocks } from "#services/rpc/views/health.ts";
import { composeArrivals } from "#services/validate/compose-arrivals.ts";
import { composeMempool } from "#services/validate/compose-mempool.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { walkFault } from "#shared/adapters/aws/walk-time.ts";
import { createInlineScripts } from "#shared/adapters/embedded/inline-scripts.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryHeartbeats } from "#shared/adapters/embedded/memory-heartbeats.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { createMemoryRawTransactions } from "#shared/adapters/embedded/memory-raw-transactions.ts";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { CITY_ACCESS } from "../../support/city-access.ts";
import { createMemoryGenerations } from "../../support/memory-generations.ts";
import { createMemorySegments } from "../../support/memory-segments.ts";
import { createRpcNode, recordedBlocks } from "../../support/rpc-node.ts";

const TIP = 540;
const blocks = recordedBlocks(TIP + 1);
const next = blocks?.[TIP];

function transactionsAbove() {
  const decoded = decodeBlock(next ?? new Uint8Array(0), exosRegtest.consensus.wire);
  if (!decoded.ok) throw decoded.error;
  return decoded.value.transactions.slice(1);
}

/** A city over memory, with what was asked of its queues. */
async function openMemoryCity() {
  const node = await createRpcNode((blocks ?? []).slice(0, TIP));
  const { clock, entropy, log, metrics, network } = node.deps;
  const { blocks: bodies, headers, coins, index, richList } = node.stores;
  const stores = { network, blocks: bodies, headers, coins, clock, log, entropy };
  const sent: object[] = [];
  const queue = { send: async (hint: object) => void sent.push(hint) };
  const raw = createMemoryRawTransactions(clock);
  const heartbeats = createMemoryHeartbeats();
  const generations = createMemoryGenerations(clock);
  const segments = createMemorySegments();
  const pool = createMemoryPool();
  const judging = {
    ...stores,
    scripts: createInlineScripts(network.consensus),
    policy: defaultPolicy(network),
    accepted: queue,
    pause: async () => undefined,
  };
  let judges = 0;
  const ports: CityPorts = {
    ...stores,
    index,
    richList,
    pool,
    raw,
    heartbeats,
    generations,
    segments,
    metrics,
    hints: { blocks: queue, transactions: queue },
    secrets: undefined,
    store: composeArrivals({ ...stores, policy: { checkpoints: "assert", assumes: () => false } })
      .store,
    judge(copy) {
      judges++;
      return composeMempool({ ...judging, pool: copy });
    },
  };
  const deps = openCity(ports, { city: "syd", network, version: "1.2.3" });
  const api = createApi(deps);
  async function ask(path: string, body?: object) {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await api.request(`https://x${path}`, init);
    return { status: response.status, json: JSON.parse(await response.text()) };
  }
  const call = async (method: string, params: unknown[] = []) =>
    (await ask("/", { method, params, id: 1 })).json;
  return {
    node,
    ask,
    call,
    sent,
    raw,
    heartbeats,
    generations,
    segments,
    deps,
    pool,
    clock: node.clock,
    judges: () => judges,
    judging,
  };
}

describe.skipIf(next === undefined)("a city that several processes make", () => {
  const [first, second] = next === undefined ? [] : transactionsAbove();
  if (first === undefined || second === undefined || next === undefined) return;
  const hex = Buffer.from(first.raw).toString("hex");
  const txid = toHashHex(first.txid);

  it("judges a broadcast itself, stores it, then hints, and writes no pool", async () => {
    const { call, sent, raw, pool } = await openMemoryCity();
    expect((await call("sendrawtransaction", [hex])).result).toBe(txid);
    expect(sent).toEqual([{ v: 1, kind: "transaction", txid }]);
    expect(await raw.get(txid)).toEqual(Uint8Array.from(first.raw));
    expect(await pool.all()).toEqual([]);
    const broken = Buffer.from(first.raw);
    broken[60] = (broken[60] ?? 0) ^ 1;
    const refused = await call("sendrawtransaction", [broken.toString("hex")]);
    expect(refused.error.code).toBe(-26);
    expect((await call("testmempoolaccept", [[hex]])).result[0].allowed).toBe(true);
    expect(sent).toHaveLength(1);
  });

  it("shows the shared pool as it was at most five seconds ago", async () => {
    const { call, clock, pool, judging, judges } = await openMemoryCity();
    expect((await call("getrawmempool")).result).toEqual([]);
    const writer = await composeMempool({ ...judging, pool });
    await writer.accept(first.raw, { source: "peer" });
    clock.advance(4_000);
    expect((await call("getrawmempool")).result).toEqual([]);
    expect(judges()).toBe(1);
    clock.advance(1_000);
    expect((await call("getrawmempool")).result).toEqual([txid]);
    expect(judges()).toBe(2);
    // Nobody has written since: it is not read again.
    clock.advance(60_000);
    expect((await call("getrawmempool")).result).toEqual([txid]);
    expect(judges()).toBe(2);
    const again = await call("sendrawtransaction", [hex]);
    expect(again.result).toBe(txid);
  });

  it("is ready on assumed coins, and says so until a replay confirmed them", async () => {
    const { ask, generations } = await openMemoryCity();
    const named = async () => {
      const { status, json } = await ask("/readyz");
      return [status, json.reasons.map(({ name }: { readonly name: string }) => name)];
    };
    expect(await named()).toEqual([200, []]);
    await generations.noteLoaded(0, { assumed: true, digest: "00".repeat(32) as HashHex });
    expect(await named()).toEqual([200, ["assumed"]]);
    await generations.noteRefuted(0);
    // Wrong coins are not answered with.
    expect(await named()).toEqual([503, ["assumed"]]);
    await generations.noteConfirmed(0);
    expect(await named()).toEqual([200, []]);
  });

  it("says what it counted at the end of a segment, while its coins are its own", async () => {
    const { ask, generations, segments, deps } = await openMemoryCity();
    const [muhash, hash] = ["ab".repeat(32), "cd".repeat(32)] as [HashHex, HashHex];
    await segments.declare(0, { sha256: new Uint8Array(32), bytes: 1, muhash });
    expect(await deps.counted?.({ height: 999, hash })).toBe(muhash);
    for (const height of [998, 1_000, 1_999]) {
      expect(await deps.counted?.({ height, hash }), `${height}`).toBeUndefined();
    }
    const { status, json } = await ask("/v1/snapshots/1");
    expect([status, json.code]).toEqual([404, "EXOS-E4041"]);
    await generations.noteLoaded(0, { assumed: true, digest: muhash });
    const assumed = await ask("/v1/snapshots/1");
    expect([assumed.status, assumed.json.detail]).toEqual([
      404,
      expect.stringContaining("not confirmed"),
    ]);
  });

  it("stores a block that is handed in, hints at it, and waits for the verdict of others", async () => {
    const { call, sent, clock, node } = await openMemoryCity();
    const block = Buffer.from(next).toString("hex");
    const answer = call("submitblock", [block]);
    await vi.waitUntil(() => clock.sleepers > 0, { interval: 1, timeout: 300_000 });
    const hash = (sent[0] as { hash: string }).hash;
    expect(sent).toEqual([{ v: 1, kind: "block", hash }]);
    expect(await node.stores.blocks.get(hash as never)).toEqual(Uint8Array.from(next));
    const [candidate] = await node.stores.headers.candidates(0n, 1);
    expect(candidate?.hash).toBe(hash);
    for (let look = 0; look < 30; look++) {
      await vi.waitUntil(() => clock.sleepers > 0, { interval: 1, timeout: 300_000 });
      clock.advance(500);
    }
    expect((await answer).result).toBe("inconclusive");
    expect((await call("submitblock", ["00"])).error.code).toBe(-22);
  });

  it("counts how far it is behind also where a candidate's header is not kept yet", async () => {
    const { stores } = (await openMemoryCity()).node;
    const chain = await openChain(stores);
    const leaves = async () => [txid, chain.tip.hash];
    const where = {
      chain: { ...chain, tip: { ...chain.tip, work: 0n } },
      stores: { ...stores, headers: { ...stores.headers, leaves } },
    };
    expect(await lagBlocks(where)).toBe(1);
  });

  it("says of its peers what their process last said", async () => {
    const { call, ask, heartbeats, clock } = await openMemoryCity();
    expect((await call("getconnectioncount")).result).toBe(0);
    await heartbeats.beat({
      service: "ingest",
      at: clock.now(),
      peersIn: 3,
      peersOut: 8,
      bestHeader: { height: TIP + 3, hash: txid },
      addresses: 100,
    });
    expect((await call("getconnectioncount")).result).toBe(11);
    expect((await call("getnetworkinfo")).result).toMatchObject({
      connections: 11,
      connections_in: 3,
      subversion: "/exos:1.2.3 (70012)/",
    });
    const node = await ask("/v1/node");
    expect(node.json).toMatchObject({ city: "syd", placement: "city", peers: { in: 3, out: 8 } });
    const ready = await ask("/readyz");
    expect(ready.status).toBe(503);
    expect(ready.json.reasons).toMatchObject([{ name: "behind" }]);
    expect(ready.json.tip.recent).toHaveLength(16);
    clock.advance(200_000);
    const names = (await ask("/readyz")).json.reasons.map(
      (reason: { name: string }) => reason.name,
    );
    expect(names).toContain("silent");
  });
});

describe("a store of a city that fails", () => {
  const said =
    "User: arn:aws:sts::123456789012:assumed-role/exos-prod-syd-rpc is not authorized to perform: " +
    "dynamodb:GetItem on resource: arn:aws:dynamodb:ap-southeast-2:123456789012:table/exos-chain";
  const cause = Object.assign(new Error(said), { name: "AccessDeniedException" });
  const fail = () => Promise.reject(awsFaultOf(cause, "reading exos-prod-syd-chain"));
  const headers = { "x-request-id": "r-1" };
  const call = { method: "POST", headers, body: '{"method":"getblockcount","id":1}' };

  async function failing() {
    const node = await createRpcNode([], { access: CITY_ACCESS });
    const api = node.api();
    // It is found ready before.
    await api.request("https://x/v1/tip");
    node.setState({ stores: { ...node.stores, coins: { ...node.stores.coins, tip: fail } } });
    return { node, api };
  }

  it("is named by its row of the catalogue alone, and in full in the log", async () => {
    const { node, api } = await failing();
    for (const [path, init] of [
      ["/v1/tip", { headers }],
      ["/readyz", { headers }],
      ["/", call],
    ] as const) {
      const response = await api.request(`https://x${path}`, init);
      const text = await response.text();
      expect(text, path).not.toMatch(/arn:|exos-prod|Exception/);
      expect(text, path).toContain("the city's log says more, under request r-1");
      const [last] = node.log.records.slice(-1);
      expect(last?.fields["requestId"], path).toBe("r-1");
      expect(last?.fields["err"], path).toContain(said);
    }
  });

  it("is told in its own words where they are meant for whoever asks", async () => {
    const { node, api } = await failing();
    const tip = async () => {
      throw walkFault(7, 9);
    };
    node.setState({ stores: { ...node.stores, coins: { ...node.stores.coins, tip } } });
    expect(await (await api.request("https://x/v1/tip")).text()).toContain("up to height 7 of 9");
  });

  it("that holds the keys of its door is answered as every request is", async () => {
    const { clock } = await createRpcNode([]);
    const access = cityAccess({ secrets: { get: fail }, clock });
    const { log, api } = await createRpcNode([], { access, clock });
    const stamp = { "x-exos-edge": `${clock.now()}.${"0".repeat(64)}` };
    const response = await api().request("https://x/v1/tip", { headers: stamp });
    expect(response.status).toBe(503);
    expect(response.headers.get("x-exos-city")).toBe("local");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.text()).not.toMatch(/arn:|exos-prod|Exception/);
    expect(JSON.stringify(log.records)).toContain(said);
  });
});

describe("a tip that is held", () => {
  function tipAt(rev: number): Tip {
    // What is held is told apart by its number alone.
    return { rev, height: rev } as Tip;
  }

  function opened() {
    const clock = createManualClock(unixSeconds(1));
    const notice = createMemoryTipNotice();
    const reads = { tip: 0, notice: 0 };
    let rev = 1;
    const coins = {
      async tip() {
        reads.tip++;
        return tipAt(rev);
      },
    } as unknown as CoinStore;
    const held = holdTip(coins, {
      clock,
      notice: {
        read() {
          reads.notice++;
          return notice.read();
        },
      },
    });
    const commit = async (noticed: boolean) => {
      rev++;
      if (noticed) await notice.put({ ...tipAt(rev), work: 1n });
    };
    return { clock, held, reads, commit, notice };
  }

  it("is read once, and looked after once a second by its notice", async () => {
    const { clock, held, reads, commit } = opened();
    await commit(true);
    await Promise.all([held.tip(), held.tip(), held.tip()]);
    expect(reads).toEqual({ tip: 1, notice: 0 });
    clock.advance(999);
    await held.tip();
    expect(reads.notice).toBe(0);
    clock.advance(1);
    expect((await held.tip())?.rev).toBe(2);
    expect(reads).toEqual({ tip: 1, notice: 1 });
    await commit(true);
    clock.advance(1_000);
    expect((await held.tip())?.rev).toBe(3);
    expect(reads).toEqual({ tip: 2, notice: 2 });
  });

  it("is read where there is no notice, and never goes on from one that lags", async () => {
    const { clock, held, reads, commit } = opened();
    expect((await held.tip())?.rev).toBe(1);
    await commit(false);
    clock.advance(1_000);
    expect((await held.tip())?.rev).toBe(2);
    expect(reads.tip).toBe(2);
  });
});
