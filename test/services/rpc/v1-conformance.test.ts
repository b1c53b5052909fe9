import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { toHex } from "#services/rpc/json/hex.ts";
import { BODY_BYTES_MAX, REQUEST_SECONDS_MAX } from "#services/rpc/limits.ts";
import { ROUTES } from "#services/rpc/routes/all.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { loadChain } from "../../support/chain-file.ts";
import { cityAt, fixedFleet } from "../../support/fixed-fleet.ts";
import { idleStaking } from "../../support/idle-staking.ts";
import { type Answer, clientOf } from "../../support/rpc-client.ts";
import { COOKIE, createRpcNode, recordedBlocks } from "../../support/rpc-node.ts";

const TXID = "ca3e89b732c2bbfd89daf16704686d3538b04634616ef9656bde5ebd5c738540";
const RICH = "XaQ3FLPDyHc2ScMubVv2x3SvWF6BGb93u8";
const MINER = "XTgsMRHPJcDe8fQcYzX8uwVmWd8Ma6fQCe";
const FOREIGN = "CT9A8CEgF7qJ3T6QuXSFQN31kEexxxa2oX";
const UNKNOWN = "11".repeat(32);

const blocks = recordedBlocks(540);
const next = recordedBlocks(541)?.[540];
const odd = loadChain("exos-regtest/odd-chain.dat", 4)?.slice(0, 540);
const fleet = fixedFleet([cityAt("syd", [0, 1, 2]), cityAt("lon", undefined)]);
const counted: RpcDeps["counted"] = async ({ height }) =>
  height === 99 ? (UNKNOWN as HashHex) : undefined;
const node =
  blocks === undefined
    ? undefined
    : await createRpcNode(blocks, { fleet, staking: idleStaking(), counted });
const branch = odd === undefined ? undefined : await createRpcNode(odd);

/** Requests that are answered, by operation. */
const GOOD: Readonly<Record<string, readonly string[]>> = {
  getNode: ["/v1/node"],
  getHealth: ["/v1/health"],
  getTip: ["/v1/tip"],
  listBlocks: ["/v1/blocks", "/v1/blocks?limit=200&before=10", "/v1/blocks?before=0"],
  getBlock: ["/v1/blocks/0", "/v1/blocks/171", "/v1/blocks/315", "/v1/blocks/540"],
  listBlockTransactions: ["/v1/blocks/0/txs", "/v1/blocks/171/txs?limit=1"],
  listHeaders: ["/v1/headers", "/v1/headers?from=530&count=2000", "/v1/headers?from=9999"],
  getTransaction: [`/v1/txs/${TXID}`],
  getTransactionProof: [`/v1/txs/${TXID}/proof`],
  getAddress: [`/v1/addresses/${RICH}`, "/v1/addresses/XBxPQk8V7ZJfwitgKHu6Nmw9bBQMTjUtg9"],
  listAddressTransactions: [
    `/v1/addresses/${RICH}/txs`,
    `/v1/addresses/${RICH}/txs?kind=stake&from=100&to=300&limit=3`,
  ],
  listAddressCoins: [`/v1/addresses/${RICH}/coins?limit=2`],
  postTransaction: ["/v1/txs"],
  testTransaction: ["/v1/txs/test"],
  getMempool: ["/v1/mempool", "/v1/mempool?limit=0", "/v1/mempool?limit=200"],
  getSupply: ["/v1/supply"],
  getCountedSet: ["/v1/snapshots/99"],
  getRichList: ["/v1/richlist", "/v1/richlist?limit=1", "/v1/richlist?limit=200"],
  getNetworkStaking: ["/v1/staking/network"],
  getStakingStatus: ["/v1/staking/status"],
  getFleet: ["/v1/fleet"],
  getCity: ["/v1/fleet/syd", "/v1/fleet/lon"],
  setPartition: ["/v1/dev/partition"],
  search: ["/v1/search?q=171", `/v1/search?q=${TXID}`, `/v1/search?q=exos:${RICH}?amount=1`],
  listErrors: ["/v1/errors"],
  listLimits: ["/v1/limits"],
};

/** Requests that are refused, by operation: the path, and its code. */
const BAD: Readonly<Record<string, readonly (readonly [path: string, code: string])[]>> = {
  getCity: [
    ["/v1/fleet/abc", "EXOS-E8001"],
    ["/v1/fleet/sydney", "EXOS-E4001"],
  ],
  listBlocks: [
    ["/v1/blocks?limit=0", "EXOS-E4001"],
    ["/v1/blocks?limit=201", "EXOS-E4001"],
    ["/v1/blocks?before=-1", "EXOS-E4001"],
    ["/v1/blocks?cursor=AAAA", "EXOS-E4005"],
  ],
  getBlock: [
    ["/v1/blocks/541", "EXOS-E4041"],
    [`/v1/blocks/${UNKNOWN}`, "EXOS-E4041"],
    ["/v1/blocks/xyz", "EXOS-E4001"],
    ["/v1/blocks/01", "EXOS-E4001"],
    ["/v1/blocks/-1", "EXOS-E4001"],
  ],
  listBlockTransactions: [
    ["/v1/blocks/541/txs", "EXOS-E4041"],
    ["/v1/blocks/x/txs", "EXOS-E4001"],
    ["/v1/blocks/1/txs?cursor=bm9uZQ", "EXOS-E4005"],
  ],
  getCountedSet: [
    ["/v1/snapshots/98", "EXOS-E4041"],
    ["/v1/snapshots/999999", "EXOS-E4041"],
    ["/v1/snapshots/x", "EXOS-E4001"],
  ],
  listHeaders: [
    ["/v1/headers?count=2001", "EXOS-E4001"],
    ["/v1/headers?from=x", "EXOS-E4001"],
  ],
  getTransaction: [
    [`/v1/txs/${UNKNOWN}`, "EXOS-E4041"],
    ["/v1/txs/12", "EXOS-E4001"],
  ],
  getMempool: [
    ["/v1/mempool?limit=201", "EXOS-E4001"],
    ["/v1/mempool?limit=-1", "EXOS-E4001"],
  ],
  getTransactionProof: [
    [`/v1/txs/${UNKNOWN}/proof`, "EXOS-E4041"],
    ["/v1/txs/12/proof", "EXOS-E4001"],
  ],
  getAddress: [
    [`/v1/addresses/${FOREIGN}`, "EXOS-E4003"],
    [`/v1/addresses/${"X".repeat(113)}`, "EXOS-E4001"],
  ],
  listAddressTransactions: [
    ["/v1/addresses/x/txs", "EXOS-E4003"],
    [`/v1/addresses/${RICH}/txs?kind=gift`, "EXOS-E4001"],
    [`/v1/addresses/${RICH}/txs?cursor=zz`, "EXOS-E4005"],
  ],
  listAddressCoins: [
    ["/v1/addresses/x/coins", "EXOS-E4003"],
    [`/v1/addresses/${RICH}/coins?limit=1.5`, "EXOS-E4001"],
    [`/v1/addresses/${RICH}/coins?cursor=zz`, "EXOS-E4005"],
  ],
  getRichList: [
    ["/v1/richlist?limit=0", "EXOS-E4001"],
    ["/v1/richlist?limit=201", "EXOS-E4001"],
  ],
  search: [
    ["/v1/search", "EXOS-E4001"],
    [`/v1/search?q=${"1".repeat(201)}`, "EXOS-E4001"],
  ],
};

const BAD_HEX: readonly (readonly [init: RequestInit, code: string])[] = [
  [{ body: '{"hex":"xy"}' }, "EXOS-E4004"],
  [{ body: '{"hex":"0102"}' }, "EXOS-E4004"],
];

/** Bodies that are refused, by operation: what is sent, and its code. */
const BAD_BODIES: Readonly<
  Record<string, readonly (readonly [init: RequestInit, code: string])[]>
> = {
  postTransaction: [...BAD_HEX, [{ body: JSON.stringify({ hex: spentHex() }) }, "EXOS-E4220"]],
  testTransaction: BAD_HEX,
  setPartition: [
    [{ body: '{"split":"1/2"}' }, "EXOS-E8002"],
    [{ body: '{"split":"1-1"}' }, "EXOS-E4001"],
  ],
};

/** What any body may be refused for. */
const BAD_ANYWHERE: readonly (readonly [init: RequestInit, code: string])[] = [
  [{ body: "{}" }, "EXOS-E4001"],
  [{ body: '{"hex":5}' }, "EXOS-E4001"],
  [{ body: "[]" }, "EXOS-E4000"],
  [{ body: "{" }, "EXOS-E4002"],
  [{ body: "{}", headers: { "content-length": String(BODY_BYTES_MAX + 1) } }, "EXOS-E4130"],
  [{ body: "{}", headers: { "sec-fetch-site": "cross-site" } }, "EXOS-E4031"],
];

/** A transaction of the block after the node's tip. */
function nextHex(): string {
  const decoded = decodeBlock(next ?? new Uint8Array(0), exosRegtest.consensus.wire);
  return toHex((decoded.ok ? decoded.value.transactions[1]?.raw : undefined) ?? new Uint8Array(0));
}

/** A transaction whose coins are gone. */
function spentHex(): string {
  const decoded = decodeBlock(blocks?.[532] ?? new Uint8Array(0), exosRegtest.consensus.wire);
  return toHex((decoded.ok ? decoded.value.transactions[1]?.raw : undefined) ?? new Uint8Array(0));
}

/** How an operation is asked for what it answers. */
function initOf({
  id,
  isPost,
  isLocal,
}: Omit<Operation, "statuses" | "schema" | "config">): RequestInit {
  const body = JSON.stringify(id === "setPartition" ? { split: "1/1" } : { hex: nextHex() });
  return {
    ...(isLocal ? { headers: { authorization: COOKIE } } : {}),
    ...(isPost ? { method: "POST", body } : {}),
  };
}

/** Lists whose cursor is tied to a block. */
const PAGED = [
  "/v1/blocks?limit=1",
  "/v1/blocks/171/txs?limit=1",
  `/v1/addresses/${RICH}/txs?limit=1`,
  `/v1/addresses/${MINER}/coins?limit=1`,
];

const SCHEMA = z.object({
  content: z.record(z.string(), z.object({ schema: z.custom<z.ZodType>() })),
});
const operations = ROUTES.map((route) => {
  const config = route.config();
  return {
    isPost: route.method === "post",
    isLocal: route.reach === "local",
    id: String(config.operationId),
    statuses: Object.keys(config.responses).map(Number),
    config,
  };
});

type Operation = (typeof operations)[number];

function schemaOf(operation: Operation): z.ZodType | undefined {
  const response = SCHEMA.parse(operation.config.responses[200]);
  return response.content["application/json"]?.schema;
}

function expectProblem(answer: Answer, code: string, about: string): void {
  expect(answer.json["code"], about).toBe(code);
  expect(answer.status, about).toBe(answer.json["status"]);
  expect(answer.headers.get("x-exos-error"), about).toBe(code);
  expect(answer.headers.get("content-type"), about).toBe("application/problem+json");
  expect(answer.headers.get("cache-control"), about).toBe("no-store");
  for (const key of ["type", "title", "detail", "instance", "hint"]) {
    expect(typeof answer.json[key], `${about}: ${key}`).toBe("string");
  }
}

afterEach(() => vi.useRealTimers());

describe.skipIf(node === undefined || branch === undefined)("every route of /v1", () => {
  if (node === undefined || branch === undefined) return;
  const send = clientOf(node);

  it.each(operations)("$id answers what it declares", async (operation) => {
    const schema = schemaOf(operation);
    for (const path of GOOD[operation.id] ?? [""]) {
      const answer = await send(path, initOf(operation));
      expect(answer.status, path).toBe(200);
      expect(schema?.parse(answer.json), path).toEqual(answer.json);
      expect(answer.headers.get("x-exos-tip-hash"), path).toBe(node.tip().hash);
      expect(answer.headers.get("x-exos-tip-height"), path).toBe("540");
    }
  });

  it.each(operations.filter(({ isPost, isLocal }) => !isPost && !isLocal))(
    "$id can be read again without being sent again",
    async ({ id }) => {
      const [path = ""] = GOOD[id] ?? [];
      const first = await send(path);
      const tag = first.headers.get("etag") ?? "";
      expect(tag).toMatch(/^"[\w-]{27}"$/);
      const again = await send(path, { headers: { "if-none-match": `"x", ${tag}` } });
      expect(again.status).toBe(304);
      expect(again.text).toBe("");
      expect(again.headers.get("etag")).toBe(tag);
      const other = await send(path, { headers: { "if-none-match": '"x"' } });
      expect(other.status).toBe(200);
    },
  );

  it.each(operations)("$id provokes each status it declares", async (operation) => {
    const { id, statuses, isPost } = operation;
    const asking = initOf(operation);
    const seen = new Set([200]);
    for (const [init, code] of isPost ? [...(BAD_BODIES[id] ?? []), ...BAD_ANYWHERE] : []) {
      const headers = { ...asking.headers, ...init.headers };
      const answer = await send(GOOD[id]?.[0] ?? "", { method: "POST", ...init, headers });
      expectProblem(answer, code, JSON.stringify(init));
      seen.add(answer.status);
    }
    for (const [path, code] of BAD[id] ?? []) {
      const answer = await send(path);
      expectProblem(answer, code, path);
      seen.add(answer.status);
    }
    const [path = ""] = GOOD[id] ?? [];
    if (operation.isLocal) {
      const { headers: _, ...unknown } = asking;
      const stranger = await send(path, unknown);
      expectProblem(stranger, "EXOS-E4010", path);
      expect(stranger.headers.get("www-authenticate")).toBe('Bearer realm="exos"');
      seen.add(stranger.status);
    }

    const opening = await createRpcNode([]);
    opening.setState({ phase: "opening", stores: undefined, progress: 0.25, etaSeconds: 7 });
    const early = await clientOf(opening)(path, asking);
    expectProblem(early, "EXOS-E2001", path);
    expect(early.headers.get("retry-after")).toBe("7");
    seen.add(early.status);

    const broken = await createRpcNode([]);
    const tip = () => Promise.reject(new StoreFault("disk gone", { retryable: true }));
    broken.setState({ stores: { ...broken.stores, coins: { ...broken.stores.coins, tip } } });
    expectProblem(await clientOf(broken)(path, asking), "EXOS-E1000", path);

    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const stuck = await createRpcNode([]);
    const never = () => new Promise<never>(() => undefined);
    stuck.setState({ stores: { ...stuck.stores, coins: { ...stuck.stores.coins, tip: never } } });
    const late: Promise<Answer> = clientOf(stuck)(path, asking);
    await vi.advanceTimersByTimeAsync(REQUEST_SECONDS_MAX * 1_000);
    expectProblem(await late, "EXOS-E4080", path);
    seen.add(408);

    vi.useRealTimers();

    const faulty = await createRpcNode([]);
    const wrong = () => Promise.reject(new TypeError("a bug"));
    faulty.setState({
      stores: { ...faulty.stores, coins: { ...faulty.stores.coins, tip: wrong } },
    });
    expectProblem(await clientOf(faulty)(path, asking), "EXOS-E9001", path);
    seen.add(500);
    const spent = { take: () => ({ granted: false, left: 0, waitSeconds: 3 }) };
    const limited = clientOf(await createRpcNode([], { rate: spent }), "http", "198.51.100.4");
    const refused = await limited(path, asking);
    expectProblem(refused, "EXOS-E4290", path);
    expect(refused.headers.get("retry-after")).toBe("3");
    seen.add(429);
    for (const [code, status, init, more] of [
      ["EXOS-E4031", 403, { headers: { host: "evil.example" } }, ""],
      ["EXOS-E4140", 414, {}, "x".repeat(8_192)],
      ["EXOS-E4310", 431, { headers: { "x-pad": "x".repeat(16_384) } }, ""],
    ] as const) {
      const headers = { ...asking.headers, ...("headers" in init ? init.headers : {}) };
      expectProblem(await send(`${path}${more}`, { ...asking, headers }), code, path);
      seen.add(status);
    }
    // The next test provokes it, on every list; those of staking do it for theirs.
    if (statuses.includes(409)) seen.add(409);
    expect([...seen].sort()).toEqual(statuses.toSorted());
  });

  it.each(PAGED)("%s: a cursor leads on, and ends when its block left the chain", async (path) => {
    const first = await send(path);
    const cursor = String(first.json["next"]);
    const second = await send(`${path}&cursor=${cursor}`);
    expect(second.status).toBe(200);
    expect(second.json["items"]).not.toEqual(first.json["items"]);
    expect(second.json["at"]).toEqual(first.json["at"]);

    const refused = await clientOf(branch)(`${path}&cursor=${cursor}`);
    expectProblem(refused, "EXOS-E4090", path);
    expect(refused.json["link"]).toBe(path.split("?")[0]);
  });

  it("joins the pages of a list to the whole list", async () => {
    const whole = await send(`/v1/addresses/${RICH}/txs?limit=200`);
    const joined: unknown[] = [];
    let next: unknown = "";
    while (next !== null) {
      const query = next === "" ? "" : `&cursor=${next}`;
      const page = await send(`/v1/addresses/${RICH}/txs?limit=7${query}`);
      joined.push(...(page.json["items"] as unknown[]));
      next = page.json["next"];
    }
    expect(joined.length).toBeGreaterThan(7);
    expect(joined).toEqual(whole.json["items"]);
  });

  it("takes HEAD where it takes GET, answers OPTIONS, and refuses other verbs", async () => {
    for (const operation of operations) {
      const [path = ""] = GOOD[operation.id] ?? [];
      if (operation.isPost) {
        const options = await send(path, { method: "OPTIONS" });
        expect(options.headers.get("allow"), path).toBe("POST, OPTIONS");
        continue;
      }
      const head = await send(path, { ...initOf(operation), method: "HEAD" });
      expect(head.status, path).toBe(200);
      expect(head.text, path).toBe("");
      const options = await send(path, { method: "OPTIONS" });
      expect(options.status, path).toBe(204);
      expect(options.headers.get("allow"), path).toBe("GET, HEAD, OPTIONS");
      const post = await send(path, { method: "POST" });
      expectProblem(post, "EXOS-E4050", path);
      expect(post.headers.get("allow"), path).toBe("GET, HEAD, OPTIONS");
    }
  });
});
