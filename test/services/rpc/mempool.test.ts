import { describe, expect, it } from "vitest";
import { toHex } from "#services/rpc/json/hex.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { call, clientOf, errorCode, result } from "../../support/rpc-client.ts";
import { createRpcNode, recordedBlocks } from "../../support/rpc-node.ts";

const TIP = 540;
/** Of the first transaction above the tip, in coins; it has 229 bytes. */
const FEE = 0.000245;
const blocks = recordedBlocks(TIP + 1);

function transactionsAt(height: number): readonly HashedTransaction[] {
  const decoded = decodeBlock(
    blocks?.[height - 1] ?? new Uint8Array(0),
    exosRegtest.consensus.wire,
  );
  if (!decoded.ok) throw decoded.error;
  return decoded.value.transactions.slice(1);
}

async function openNode() {
  const node = await createRpcNode((blocks ?? []).slice(0, TIP));
  return { node, send: clientOf(node) };
}

describe.skipIf(blocks === undefined)("the pool over JSON-RPC", () => {
  const [first, second] = blocks === undefined ? [] : transactionsAt(TIP + 1);
  if (first === undefined || second === undefined) return;
  const hex = toHex(first.raw);
  const txid = toHashHex(first.txid);

  it("takes a transaction, twice with success, and tells of it in Core's shapes", async () => {
    const { send, node } = await openNode();
    expect(await result(send, "sendrawtransaction", [hex])).toBe(txid);
    expect(await result(send, "sendrawtransaction", [hex])).toBe(txid);
    expect(await result(send, "getrawmempool")).toEqual([txid]);
    const verbose = await result<Record<string, object>>(send, "getrawmempool", [true]);
    const entry = await result<Record<string, unknown>>(send, "getmempoolentry", [txid]);
    expect(verbose).toEqual({ [txid]: entry });
    expect(entry).toEqual({
      vsize: first.sizeTotal,
      weight: 4 * first.sizeTotal,
      time: node.clock.now(),
      height: TIP,
      descendantcount: 1,
      descendantsize: first.sizeTotal,
      ancestorcount: 1,
      ancestorsize: first.sizeTotal,
      wtxid: txid,
      fees: { base: FEE, modified: FEE, ancestor: FEE, descendant: FEE },
      depends: [],
      spentby: [],
      "bip125-replaceable": false,
      unbroadcast: true,
    });
    expect(await result(send, "getmempoolinfo")).toEqual({
      loaded: false,
      size: 1,
      bytes: first.sizeTotal,
      usage: expect.any(Number),
      total_fee: FEE,
      maxmempool: 300_000_000,
      mempoolminfee: 0.0001,
      minrelaytxfee: 0.0001,
      incrementalrelayfee: 0.0001,
      unbroadcastcount: 1,
      fullrbf: false,
    });
    const metrics = (await send("/metrics")).text;
    expect(metrics).toMatch(/^bitcoin_mempool_size 1$/m);
    expect(metrics).toMatch(new RegExp(`^bitcoin_mempool_bytes ${first.sizeTotal}$`, "m"));
    expect(metrics).toMatch(/^bitcoin_mempool_usage [1-9]\d+$/m);
    expect(metrics).toMatch(/^bitcoin_mempool_minfee 0.0001$/m);
    expect(metrics).toMatch(/^bitcoin_mempool_unbroadcast 1$/m);
  });

  it("shows a pool transaction and its outputs, unless told to leave the pool out", async () => {
    const { send } = await openNode();
    const [prevout] = first.inputs.map((input) => input.prevout);
    const spent = [toHashHex(prevout?.txid ?? first.txid), prevout?.index];
    expect(await result(send, "gettxout", spent)).toMatchObject({
      confirmations: expect.any(Number),
    });
    expect(await result(send, "gettxout", [txid, 0])).toBeNull();
    await result(send, "sendrawtransaction", [hex]);
    expect(await result(send, "gettxout", [txid, 0])).toMatchObject({ confirmations: 0 });
    expect(await result(send, "gettxout", [txid, 99])).toBeNull();
    expect(await result(send, "gettxout", [txid, 0, false])).toBeNull();
    expect(await result(send, "gettxout", spent)).toBeNull();
    expect(await result(send, "gettxout", [...spent, false])).not.toBeNull();
    expect(await result(send, "getrawtransaction", [txid])).toBe(hex);
    const view = await result<Record<string, unknown>>(send, "getrawtransaction", [txid, 1]);
    expect(view).toMatchObject({ txid, time: first.time, ntime: first.time });
    expect(view).not.toHaveProperty("blockhash");
    expect((await send(`/v1/txs/${txid}`)).json).toMatchObject({ txid, block: null });
  });

  it("tests as it would accept, and leaves the pool as it was", async () => {
    const { send } = await openNode();
    const broken = first.raw.slice();
    broken[60] = (broken[60] ?? 0) ^ 1;
    const tested = await result<object[]>(send, "testmempoolaccept", [[hex, toHex(broken)]]);
    expect(tested).toEqual([
      {
        txid,
        wtxid: txid,
        allowed: true,
        vsize: first.sizeTotal,
        fees: {
          base: FEE,
          "effective-feerate": 0.00106986,
          "effective-includes": [txid],
        },
      },
      expect.objectContaining({
        allowed: false,
        "reject-reason": "mandatory-script-verify-flag-failed",
      }),
    ]);
    expect(await result(send, "getrawmempool")).toEqual([]);
    const low = await result<object[]>(send, "testmempoolaccept", [[hex], "0.00000001"]);
    expect(low).toMatchObject([{ allowed: false, "reject-reason": "absurdly-high-fee" }]);
  });

  it.each([
    ["sendrawtransaction", ["xy"], -22],
    ["sendrawtransaction", ["0102"], -22],
    ["sendrawtransaction", [hex, "much"], -8],
    ["sendrawtransaction", [hex, -1], -8],
    ["sendrawtransaction", [hex, 0.1, 1], -8],
    ["sendrawtransaction", [hex, 1e-8], -26],
    ["sendrawtransaction", [5], -3],
    ["testmempoolaccept", [[]], -8],
    ["testmempoolaccept", [Array.from({ length: 26 }, () => hex)], -8],
    ["testmempoolaccept", [["00"]], -22],
    ["testmempoolaccept", [hex], -3],
    ["getmempoolentry", ["11".repeat(32)], -5],
    ["getrawmempool", [false, true], -8],
  ] as const)("%s %j answers %i", async (method, parameters, code) => {
    const { send } = await openNode();
    expect(errorCode(await call(send, method, parameters))).toBe(code);
  });

  it("says of what is mined, missing or refused why it is not taken", async () => {
    const { send } = await openNode();
    const mined = transactionsAt(533).find((tx) => tx.outputs[0]?.value !== 0n);
    const known = await call(send, "sendrawtransaction", [toHex(mined?.raw ?? new Uint8Array(0))]);
    expect(errorCode(known)).toBe(-27);
    const lost = first.raw.slice();
    lost[10] = (lost[10] ?? 0) ^ 1;
    const missing = await call(send, "sendrawtransaction", [toHex(lost)]);
    expect(missing.json["error"]).toMatchObject({ code: -25, message: "bad-txns-inputs-missing" });
    expect(missing.headers.get("x-exos-error")).toBe("EXOS-E4220");
    const broken = first.raw.slice();
    broken[60] = (broken[60] ?? 0) ^ 1;
    const refused = await call(send, "sendrawtransaction", [toHex(broken)]);
    expect(refused.json["error"]).toMatchObject({
      code: -26,
      message: "mandatory-script-verify-flag-failed",
    });
  });

  it("takes a transaction over /v1, and explains a refusal", async () => {
    const { send } = await openNode();
    const post = (path: string, raw: Uint8Array) =>
      send(path, { method: "POST", body: JSON.stringify({ hex: toHex(raw) }) });
    expect((await post("/v1/txs/test", first.raw)).json).toMatchObject({
      txid,
      allowed: true,
      fee: "24500",
      size: first.sizeTotal,
    });
    expect((await post("/v1/txs", first.raw)).json).toEqual({ txid, isNew: true });
    expect((await post("/v1/txs", first.raw)).json).toEqual({ txid, isNew: false });
    const lost = second.raw.slice();
    lost[10] = (lost[10] ?? 0) ^ 1;
    expect((await post("/v1/txs/test", lost)).json).toMatchObject({
      allowed: false,
      code: "bad-txns-inputs-missing",
      missing: [expect.any(String)],
    });
    const refused = await post("/v1/txs", lost);
    expect(refused.json).toMatchObject({ code: "EXOS-E4220", detail: "bad-txns-inputs-missing" });
    expect((await send("/v1/mempool")).json).toMatchObject({
      count: 1,
      totalFees: "24500",
      newest: [{ txid, fee: "24500" }],
    });
  });
});
