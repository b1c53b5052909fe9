import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Method } from "#services/rpc/json-rpc/method.ts";
import { RPC_BATCH_MAX } from "#services/rpc/limits.ts";
import { METHODS } from "#services/rpc/methods/all.ts";
import { CITY_METHODS } from "#services/rpc/methods/city-methods.ts";
import { CITY_ACCESS } from "../../support/city-access.ts";
import { call, clientOf, errorCode, post, result } from "../../support/rpc-client.ts";
import { COOKIE, createRpcNode } from "../../support/rpc-node.ts";

const node = await createRpcNode([]);
const send = clientOf(node);
const GENESIS = "00000755a53922ad3443a7609ee700ca246a547783116f2085fff1e486e56085";

it("getblockchaininfo leaves out what Core 28 does not have", async () => {
  const info = await post(send, '{"method":"getblockchaininfo","id":1}');
  expect(Object.keys(info.json["result"] as object)).toEqual(
    expect.arrayContaining(["chain", "blocks", "difficulty", "warnings"]),
  );
  expect(info.json["result"]).not.toHaveProperty("bits");
  expect(info.json["result"]).not.toHaveProperty("target");
});

describe("a call of 1.0", () => {
  it.each([
    ["no version", {}],
    ["the text 1.0", { jsonrpc: "1.0" }],
    ["the number 1", { jsonrpc: 1 }],
  ])("with %s has both members and the id", async (_, version) => {
    const { status, text, headers } = await post(
      send,
      JSON.stringify({ ...version, method: "getblockcount", params: [], id: "x" }),
    );
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(text).toBe('{"result":0,"error":null,"id":"x"}');
  });

  it.each(["5", '"abc"', "null", "[1]", '{"a":1}', "1.5", "12345678901234567890"])(
    "echoes the id %s with its type",
    async (id) => {
      const { text } = await post(send, `{"method":"getblockcount","id":${id}}`);
      expect(text).toBe(`{"result":0,"error":null,"id":${id}}`);
    },
  );

  it("without an id is answered under null", async () => {
    const { text } = await post(send, '{"method":"getblockcount"}');
    expect(text).toBe('{"result":0,"error":null,"id":null}');
  });

  it.each([
    ["a method nobody has", '{"method":"nosuch","id":1}', 404, -32601],
    ["a method in capitals", '{"method":"GetBlockCount","id":1}', 404, -32601],
    ["no method", '{"id":1}', 400, -32600],
    ["a number as method", '{"method":5,"id":1}', 400, -32600],
    ["a version nobody has", '{"jsonrpc":"3.0","method":"getblockcount"}', 400, -32600],
    ["text as parameters", '{"method":"getblockcount","params":"x"}', 400, -32600],
    ["a scalar as request", "5", 400, -32600],
    ["nothing", "", 500, -32700],
    ["half of JSON", '{"method": "getblockcount", ', 500, -32700],
    ["an empty batch", "[]", 400, -32600],
    ["a missing parameter", '{"method":"getblockhash"}', 500, -1],
    ["a parameter too many", '{"method":"getblockcount","params":[1]}', 500, -1],
    ["text for a number", '{"method":"getblockhash","params":["abc"]}', 500, -3],
    ["a fraction for a height", '{"method":"getblockhash","params":[1.5]}', 500, -3],
    ["a huge number", '{"method":"getblockhash","params":[12345678901234567890]}', 500, -3],
    ["a height above the tip", '{"method":"getblockhash","params":[1]}', 500, -8],
    ["a negative height", '{"method":"getblockhash","params":[-1]}', 500, -8],
    ["an unknown name", '{"method":"getblockhash","params":{"hight":1}}', 500, -8],
    ["null for a required one", '{"method":"getblockhash","params":[null]}', 500, -1],
    ["a short hash", '{"method":"getblock","params":["00"]}', 500, -8],
    ["an unknown hash", `{"method":"getblock","params":["${"11".repeat(32)}"]}`, 500, -5],
    ["one name twice", `{"method":"getblock","params":{"verbose":1,"verbosity":1}}`, 500, -8],
  ])("with %s fails by its number", async (_, body, status, code) => {
    const answer = await post(send, body);
    expect(errorCode(answer)).toBe(code);
    expect(answer.status).toBe(status);
    expect(answer.json["result"]).toBeNull();
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("x-exos-error")).toMatch(/^EXOS-E\d{4}$/);
  });

  it("names the usage of a method when a parameter is missing", async () => {
    const { text } = await post(send, '{"method":"getblockhash"}');
    expect(text).toContain("getblockhash height");
  });

  it("names what to use instead of a method that is gone", async () => {
    const { text } = await post(send, '{"method":"getwork"}');
    expect(text).toContain("generate");
  });
});

describe("a call of 2.0", () => {
  it("has one of both members", async () => {
    const good = await post(send, '{"jsonrpc":"2.0","method":"getblockcount","id":1}');
    expect(good.text).toBe('{"jsonrpc":"2.0","result":0,"id":1}');
    const bad = await post(send, '{"jsonrpc":"2.0","method":"nosuch","id":1}');
    expect(bad.status).toBe(200);
    expect(bad.text).toBe(
      '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":1}',
    );
  });

  it("is a notification without an id: 204 and no body, whatever became of it", async () => {
    for (const method of ["getblockcount", "nosuch"]) {
      const { status, text } = await post(send, JSON.stringify({ jsonrpc: "2.0", method }));
      expect(status).toBe(204);
      expect(text).toBe("");
    }
  });

  it.each(["[1]", "{}", "true"])("refuses the id %s", async (id) => {
    const answer = await post(send, `{"jsonrpc":"2.0","method":"getblockcount","id":${id}}`);
    expect(errorCode(answer)).toBe(-32600);
    expect(answer.json["id"]).toBeNull();
  });
});

describe("a batch", () => {
  it("keeps its order, judges each call alone, and is answered with 200", async () => {
    const calls = [
      '{"method":"getblockcount","id":1}',
      '{"method":"nosuch","id":"two"}',
      "7",
      '{"jsonrpc":"2.0","method":"getblockcount"}',
      '{"jsonrpc":"2.0","method":"getblockhash","params":[0],"id":null}',
    ];
    const { status, text } = await post(send, `[${calls.join(",")}]`);
    expect(status).toBe(200);
    const answers = JSON.parse(text) as { id: unknown; error?: { code: number } | null }[];
    expect(answers.map(({ id }) => id)).toEqual([1, "two", null, null]);
    expect(answers.map(({ error }) => error?.code)).toEqual([undefined, -32601, -32600, undefined]);
  });

  it("of notifications alone is answered with 204", async () => {
    const one = '{"jsonrpc":"2.0","method":"getblockcount"}';
    expect((await post(send, `[${one},${one}]`)).status).toBe(204);
  });

  it("may hold 1,000 calls and not one more", async () => {
    const calls = (count: number) => `[${Array(count).fill('{"method":"uptime"}').join(",")}]`;
    const most = await post(send, calls(RPC_BATCH_MAX));
    expect(JSON.parse(most.text)).toHaveLength(1_000);
    const over = await post(send, calls(RPC_BATCH_MAX + 1));
    expect(errorCode(over)).toBe(-32600);
    expect(over.text).toContain("1000");
  });

  /** A city with one method, which counts its runs. */
  async function cityWith(run: () => Promise<unknown>) {
    let runs = 0;
    const method: Method = {
      ...{ name: "slow", reach: "local", inCity: true, cost: 1, description: "" },
      usage: () => "slow",
      async call() {
        runs++;
        return { ok: true, value: await run() };
      },
    };
    const city = await createRpcNode([], { access: CITY_ACCESS, methods: async () => [method] });
    async function batch(count: number) {
      const calls = Array.from({ length: count }, (_, id) => ({ method: "slow", id }));
      const { status, text } = await post(clientOf(city), JSON.stringify(calls));
      const answers = JSON.parse(text) as { error: { message: string } | null }[];
      return { status, errors: answers.map(({ error }) => error?.message), runs };
    }
    return { clock: city.clock, batch };
  }

  it("has one deadline in a city, whatever its calls take", async () => {
    const late = "Took longer than 25 s";
    const city = await cityWith(async () => city.clock.advance(12_500));
    const answered = await city.batch(4);
    expect(answered).toEqual({ status: 200, errors: [undefined, undefined, late, late], runs: 2 });

    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const stuck = await cityWith(async () => {
      stuck.clock.advance(15_000);
      await new Promise((resolve) => setTimeout(resolve, 15_000));
    });
    let isOver = false;
    const cut = stuck.batch(3).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await vi.advanceTimersByTimeAsync(1_000);
      await new Promise((turn) => setImmediate(turn));
    }
    expect(await cut).toEqual({ status: 200, errors: [undefined, late, late], runs: 2 });
    vi.useRealTimers();
  });

  it("lets others have their turn before each call", async () => {
    let turns = 0;
    let next = setImmediate(function count() {
      turns++;
      next = setImmediate(count);
    });
    onTestFinished(() => clearImmediate(next));
    const begun: number[] = [];
    const { batch } = await cityWith(async () => void begun.push(turns));
    await batch(20);
    expect(new Set(begun).size).toBe(20);
  });

  it("is answered as far as it fits, and no call after that is run", async () => {
    const { batch } = await cityWith(async () => "x".repeat(6 * 1_048_576));
    const { status, errors, runs } = await batch(20);
    expect([status, runs]).toEqual([200, 3]);
    const refusals = [
      "The answer is over 16777216 bytes",
      "Not run: the answer to the batch would be over 16777216 bytes",
    ];
    expect(errors.slice(0, 4)).toEqual([undefined, undefined, ...refusals]);
    expect(new Set(errors.slice(3))).toEqual(new Set(refusals.slice(1)));
  });
});

describe("parameters", () => {
  it("come by place, by Core's names, or by their older names", async () => {
    const byPlace = await result(send, "getblock", [GENESIS, 0]);
    expect(await result(send, "getblock", { blockhash: GENESIS, verbosity: 0 })).toBe(byPlace);
    expect(await result(send, "getblock", { blockhash: GENESIS, verbose: false })).toBe(byPlace);
    expect(await result(send, "getblock", [GENESIS.toUpperCase(), 0])).toBe(byPlace);
  });

  it("that are null are left out", async () => {
    const whole = await result(send, "getblock", [GENESIS]);
    expect(await result(send, "getblock", [GENESIS, null])).toEqual(whole);
    expect(await result(send, "getblock", { blockhash: GENESIS, verbosity: null })).toEqual(whole);
  });
});

describe("the login", () => {
  const body = '{"method":"getblockcount","id":1}';

  it.each([
    ["none", {}],
    ["a wrong password", { authorization: `Basic ${btoa("__cookie__:wrong")}` }],
    ["a token", { authorization: "Bearer secret" }],
  ])("is asked for: %s gets 401 and the realm", async (_, headers) => {
    const answer = await send("/", { method: "POST", headers, body });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Basic realm="jsonrpc"');
    expect(answer.headers.get("x-exos-error")).toBe("EXOS-E4010");
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  it("may be limited to some methods, then others answer 403", async () => {
    const access = { ...node.deps.access, mayCall: (_: string, name: string) => name === "help" };
    const limited = clientOf(await createRpcNode([], { access }));
    expect((await call(limited, "help")).status).toBe(200);
    const refused = await call(limited, "getblockcount");
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-exos-error")).toBe("EXOS-E4030");
  });

  it("does not help an address that is not let in", async () => {
    const access = { ...node.deps.access, allowsAddress: (peer: string) => peer === "127.0.0.1" };
    const api = (await createRpcNode([], { access })).api();
    const init = { method: "POST", headers: { authorization: COOKIE, host: "localhost" }, body };
    expect((await api.request("/", init, { peer: "127.0.0.1" })).status).toBe(200);
    expect((await api.request("/", init, { peer: "10.0.0.9" })).status).toBe(403);
  });
});

describe("JSON-RPC", () => {
  it.each(["/", "/rpc", "/rpc/", "/wallet/w%20x", "/wallet/w/"])(
    "is mounted at %s",
    async (path) => {
      const init = {
        method: "POST",
        headers: { authorization: COOKIE },
        body: '{"method":"uptime"}',
      };
      expect((await send(path, init)).status).toBe(200);
    },
  );

  it("is all that its own listener carries", async () => {
    const alone = clientOf(node, "rpc");
    expect((await call(alone, "getblockcount")).status).toBe(200);
    expect((await alone("/v1/tip")).status).toBe(404);
    expect((await alone("/metrics")).status).toBe(404);
  });

  it("answers -28 and 503 while stores open", async () => {
    const opening = await createRpcNode([]);
    opening.setState({ phase: "opening", stores: undefined });
    const answer = await call(clientOf(opening), "getblockcount");
    expect(errorCode(answer)).toBe(-28);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("x-exos-error")).toBe("EXOS-E2001");
  });

  it("has no methods of development on a public network", async () => {
    const control = { ...node.deps.control, development: undefined };
    const open = clientOf(await createRpcNode([], { control }));
    for (const name of ["generate", "setmocktime", "invalidateblock"]) {
      expect(errorCode(await call(open, name, [1])), name).toBe(-32601);
    }
    expect(await result<string>(open, "help")).not.toContain("generate");
  });

  it("explains every method", async () => {
    const lines = (await result<string>(send, "help")).split("\n");
    // Those of wallets are not offered where there are none.
    const offered = METHODS.filter(({ reach }) => reach !== "wallet");
    expect(lines).toHaveLength(offered.length);
    for (const line of lines) {
      const [name] = line.split(" ");
      expect(await result<string>(send, "help", [name])).toMatch(/^[a-z]+.*\n\n[A-Z].{10,}/);
    }
    expect(await result(send, "help", ["nosuch"])).toBe("help: unknown command: nosuch");
  });
});

it("has every method's name and price in a city, and loads those alone that it answers", () => {
  const plain = (methods: readonly Method[]) =>
    methods.map(({ name, cost, inCity }) => ({ name, cost, inCity }));
  const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
    a.name < b.name ? -1 : 1;
  expect(plain(CITY_METHODS).toSorted(byName)).toEqual(plain(METHODS).toSorted(byName));
  expect(new Set(METHODS.map(({ name }) => name)).size).toBe(METHODS.length);
  expect(CITY_METHODS.filter(({ inCity }) => inCity)).toEqual(
    METHODS.filter(({ inCity }) => inCity),
  );
});

describe("control", () => {
  it("passes on what it is told", async () => {
    const own = await createRpcNode([]);
    const tell = clientOf(own);
    const hash = "ab".repeat(32);
    expect(await result(tell, "submitblock", ["00ff"])).toBe("inconclusive");
    await result(tell, "generate", [3]);
    await result(tell, "generatetoaddress", [2, "XBxPQk8V7ZJfwitgKHu6Nmw9bBQMTjUtg9"]);
    await result(tell, "setmocktime", [1_600_000_000]);
    await result(tell, "setmocktime", [0]);
    await result(tell, "invalidateblock", [hash]);
    await result(tell, "reconsiderblock", [hash]);
    expect(await result(tell, "stop")).toBe("EXOS node stopping");
    expect(own.told).toEqual([
      "submit 2",
      "generate 3",
      "generate 2",
      "mock 1600000000",
      "mock undefined",
      `invalidate ${hash}`,
      `reconsider ${hash}`,
      "stop",
    ]);
  });

  it.each([
    ["submitblock", ["xyz"], -22],
    ["generate", [0], -8],
    ["generate", [10_001], -8],
    ["generatetoaddress", [1, "CT9A8CEgF7qJ3T6QuXSFQN31kEexxxa2oX"], -5],
    ["setmocktime", [-1], -8],
    ["setmocktime", [4_294_967_296], -8],
    ["invalidateblock", ["12"], -8],
  ])("refuses %s %j", async (method, params, code) => {
    expect(errorCode(await call(send, method, params))).toBe(code);
  });

  it("says the node's own reasons", async () => {
    const { development } = node.deps.control;
    const refusal = { code: "EXOS-E2008", message: "Block x is final." } as const;
    const control = {
      ...node.deps.control,
      submit: async () => ({ state: "undecodable" as const, reason: "cut off" }),
      development: development && {
        ...development,
        invalidate: async () => ({ ok: false as const, error: refusal }),
      },
    };
    const tell = clientOf(await createRpcNode([], { control }));
    const invalid = await call(tell, "invalidateblock", ["ab".repeat(32)]);
    expect(errorCode(invalid)).toBe(-1);
    expect(invalid.text).toContain("is final");
    expect(invalid.headers.get("x-exos-error")).toBe("EXOS-E2008");
    expect(errorCode(await call(tell, "submitblock", ["00"]))).toBe(-22);
  });
});
