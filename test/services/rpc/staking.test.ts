import { describe, expect, it } from "vitest";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { idleStaking } from "../../support/idle-staking.ts";
import { noWallets } from "../../support/no-wallets.ts";
import { call, clientOf, errorCode, result } from "../../support/rpc-client.ts";
import { COOKIE, createRpcNode, recordedBlocks } from "../../support/rpc-node.ts";

const blocks = recordedBlocks(540);
const told: string[] = [];
const node =
  blocks === undefined
    ? undefined
    : await createRpcNode(blocks, { staking: idleStaking(told), wallets: noWallets() });

describe.skipIf(node === undefined)("what is asked about staking", () => {
  if (node === undefined) return;
  const send = clientOf(node);

  it("is answered in the words of EXOS-Qt and in those of the reference", async () => {
    const { text } = await call(send, "getstakinginfo");
    // No float has ever held it.
    expect(text).toContain('"weight":30000000000000001,');
    expect(await result(send, "getstakinginfo")).toMatchObject({
      enabled: true,
      staking: true,
      errors: null,
      currentblocksize: 500,
      currentBlockSize: 500,
      currentblocktx: 3,
      currentBlockTx: 3,
      pooledtx: 0,
      pooledTx: 0,
      "search-interval": 48,
      searchInterval: 48,
      netstakeweight: 562_958_543_355_904,
      netStakeWeight: 562_958_543_355_904,
      immature: 100_000_000,
      expectedtime: 32,
      expectedTime: 32,
      reason: { code: "searching", since: 1_526_428_000, next: 1_526_428_700 },
      wins: [{ code: "won", height: 539, gain: 100_000_000 }],
    });
  });

  it("is steered: started with a password, stopped, and told what to keep", async () => {
    told.length = 0;
    expect(await result(send, "stopstaking")).toBe(true);
    expect(await result(send, "getstakinginfo")).toMatchObject({
      enabled: false,
      errors: "Staking is switched off.",
    });
    expect(errorCode(await call(send, "startstaking", ["main", "wrong"]))).toBe(-14);
    expect(await result(send, "startstaking", { wallet: "main", passphrase: "right" })).toBe(true);
    expect(await result(send, "startstaking")).toBe(true);
    expect(await result(send, "reservebalance", [true, "2.5"])).toEqual({
      reserve: true,
      amount: 2.5,
    });
    expect(await result(send, "reservebalance")).toEqual({ reserve: true, amount: 2.5 });
    expect(await result(send, "reservebalance", [false])).toEqual({ reserve: false, amount: 0 });
    expect(errorCode(await call(send, "reservebalance", [true, -1]))).toBe(-3);
    expect(told).toEqual([
      "stop",
      "start main wrong",
      "start main right",
      "start",
      "reserve 250000000",
      "reserve 0",
    ]);
  });

  it("says of coins whether they prove a block now", async () => {
    const txid = "11".repeat(32);
    const inputs = [0, 1].map((vout) => ({ txid, vout }));
    expect(await result(send, "checkkernel", [inputs])).toMatchObject({
      found: true,
      kernels: [
        { txid, vout: 0, state: "eligible", found: true, chance: 0.25 },
        { txid, vout: 1, found: false },
      ],
    });
    expect(await result(send, "checkkernel")).toMatchObject({ kernels: { length: 1 } });
    expect(errorCode(await call(send, "checkkernel", [inputs, true]))).toBe(-8);
  });

  it("is told of the network by its blocks", async () => {
    const info = await result<Record<string, number>>(send, "getnetworkstakinginfo");
    expect(info["difficulty"]).toBeCloseTo(65_536, 0);
    expect(info["netstakeweight"]).toBeGreaterThan(0);
    expect(info["stakers24h"]).toBeGreaterThan(0);
    const { json } = await send("/v1/staking/network");
    expect(json["weight"]).toBe(String(info["netstakeweight"]));
    const rows = json["histogram"] as { readonly blocks: number }[];
    // Genesis lies years before the first block.
    expect(rows.reduce((sum, row) => sum + row.blocks, 0)).toBe(539);
    expect(await result(send, "getmininginfo")).toMatchObject({
      blocks: 540,
      currentblocksize: 500,
      pooledtx: 0,
      chain: "regtest",
    });
  });

  it("opens to whoever has the secret of the cookie file, as a pair or as a token", async () => {
    for (const authorization of [COOKIE, "Bearer secret"]) {
      const answer = await send("/v1/staking/status", { headers: { authorization } });
      expect(answer).toMatchObject({ status: 200, json: { weight: "30000000000000001" } });
    }
    for (const authorization of ["Bearer wrong", "Bearer ", "secret"]) {
      const { status } = await send("/v1/staking/status", { headers: { authorization } });
      expect(status, authorization).toBe(401);
    }
  });

  it("splits coins of a wallet, and refuses what makes none", async () => {
    expect(errorCode(await call(send, "splitcoins", [1, 2]))).toBe(-18);
    expect(errorCode(await call(send, "splitcoins", [1, 0]))).toBe(-8);
    expect(errorCode(await call(send, "splitcoins", [1, 1_001]))).toBe(-8);
  });

  it("does not exist without proof of stake, nor for a node that does not stake", async () => {
    const bitcoin = clientOf(await createRpcNode([], { network: bitcoinRegtest }));
    const refused = await call(bitcoin, "getnetworkstakinginfo");
    expect(errorCode(refused)).toBe(-32_601);
    expect(refused.text).toContain("this network has no proof of stake");
    expect(await bitcoin("/v1/staking/network")).toMatchObject({
      status: 409,
      json: { code: "EXOS-E6003" },
    });
    const bare = clientOf(await createRpcNode([]));
    const headers = { authorization: COOKIE };
    expect(await bare("/v1/staking/status", { headers })).toMatchObject({ status: 409 });
    expect(errorCode(await call(bare, "getstakinginfo"))).toBe(-32_601);
  });
});
