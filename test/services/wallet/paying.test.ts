import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { publicKeyOf } from "#shared/crypto/sign-digest.ts";
import { fromHex, toHex } from "#shared/primitives/hex.ts";
import { printAddress } from "#shared/script/address.ts";
import { payToKeyHash } from "#shared/script/pay-to.ts";
import { printWif } from "#shared/wallet/wif.ts";
import { openWalletNode, type WalletNode } from "../../support/wallet-node.ts";

const PASSPHRASE = "correct horse";
const STRANGER = "XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh";
const OTHER = "XRQekz6rdzSv3woEZRxGFmJEknLrXvTsPM";
/** Blocks until the premine, in the second, may be spent as wallets see it. */
const FIRST_BLOCKS = 13;
const SPACING = 64;

interface Listed {
  readonly address: string;
  readonly txid: string;
  readonly vout: number;
  readonly amount: number;
  readonly confirmations: number;
}

let world: WalletNode;
let address = "";

/** One spacing on, so that a payment made now fits into the next block. */
async function nextTime(): Promise<void> {
  const { header } = await world.node.tip();
  await world.ask("setmocktime", [header.time + SPACING]);
}

async function codeOf(method: string, params: unknown, wallet?: string): Promise<number> {
  const { error } = await world.call(method, params, wallet);
  return error?.code ?? 0;
}

const coinsOf = (wallet?: string) => world.ask<Listed[]>("listunspent", [0], wallet);

beforeAll(async () => {
  world = await openWalletNode();
  await world.ask("createwallet", { wallet_name: "a", passphrase: PASSPHRASE });
  address = await world.ask("getnewaddress", ["mined"]);
  await world.ask("generatetoaddress", [FIRST_BLOCKS, address]);
  await nextTime();
});

afterAll(() => world[Symbol.asyncDispose]());

describe("a wallet on a node", () => {
  it("holds what was mined to it, mature or not, exactly", async () => {
    const { text } = await world.call("getbalances");
    expect(text).toContain(
      '"mine":{"trusted":300000024.00000000,"untrusted_pending":0.00000000,' +
        '"immature":120.00000000}',
    );
    expect((await world.call("getbalance")).text).toContain('"result":300000024.00000000,');
    expect(await world.ask("getbalance", ["*", 12])).toBe(300_000_012);
    expect(await world.ask("getwalletinfo")).toMatchObject({
      walletname: "a",
      txcount: FIRST_BLOCKS,
      scheme: "exos-105",
      unlocked_until: 0,
      lastprocessedblock: { height: FIRST_BLOCKS },
    });
    expect(await world.ask("getaddressinfo", [address])).toMatchObject({
      ismine: true,
      hdkeypath: "m/44'/105'/0'/0/0",
      labels: ["mined"],
    });
  });

  it("lists the newest lines last, by label, and mature coins alone", async () => {
    const lines = await world.ask<Listed[]>("listtransactions", ["mined", 3, 1]);
    expect(lines.map(({ confirmations }) => confirmations)).toEqual([4, 3, 2]);
    expect(await world.ask("listtransactions", ["no such label"])).toEqual([]);
    expect((await coinsOf()).map(({ amount }) => amount)).toEqual([12, 300_000_000, 12]);
    const all = { include_immature_coins: true };
    const immature = await world.ask<Listed[]>("listunspent", { query_options: all });
    expect(immature).toHaveLength(FIRST_BLOCKS);
    expect(await world.ask("listunspent", [13])).toHaveLength(1);
    expect(await world.ask("listunspent", [1, 9, [address]])).toEqual([]);
  });

  it("pays nothing while it is locked, or open for staking alone", async () => {
    expect(await codeOf("sendtoaddress", [STRANGER, 1])).toBe(-13);
    expect(await codeOf("walletpassphrase", ["wrong", 60])).toBe(-14);
    await world.ask("walletpassphrase", [PASSPHRASE, 60, true]);
    expect(await world.ask("getwalletinfo")).toMatchObject({ unlocked_staking_only: true });
    expect(await codeOf("sendtoaddress", [STRANGER, 1])).toBe(-13);
    expect(await world.wallets.stakeCoins()).toHaveLength(FIRST_BLOCKS);
    await world.ask("walletlock");
    expect(await world.wallets.stakeCoins()).toEqual([]);
  });

  it("pays, and the payment is mined", async () => {
    await world.ask("walletpassphrase", [PASSPHRASE, 600]);
    const txid = await world.ask("sendtoaddress", [STRANGER, "1.5", "rent", "landlord"]);
    expect(await world.ask("gettransaction", [txid])).toMatchObject({
      amount: -1.5,
      fee: -0.0001,
      confirmations: 0,
      trusted: true,
      comment: "rent",
      to: "landlord",
      details: [{ address: STRANGER, category: "send", amount: -1.5, fee: -0.0001 }],
    });
    const { text } = await world.call("getbalance");
    expect(text).toContain('"result":300000022.49990000,');
    expect(await world.ask("getbalance", ["*", 1])).toBe(24);

    await world.ask("generatetoaddress", [1, STRANGER]);
    expect(await world.ask("gettransaction", [txid, true, true])).toMatchObject({
      confirmations: 1,
      blockheight: FIRST_BLOCKS + 1,
      decoded: { vin: [{}], vout: [{}, {}] },
    });
    // One more of the rewards is mature.
    expect((await world.call("getbalance", ["*", 1])).text).toContain("300000034.49990000");
    await nextTime();
  });

  it("spends its own change before it is mined", async () => {
    const first = await world.ask<string>("sendtoaddress", [STRANGER, 2]);
    const big = (await coinsOf()).find(({ amount }) => amount > 1_000);
    expect(big).toMatchObject({ txid: first, confirmations: 0 });
    const second = await world.ask<string>("sendtoaddress", [STRANGER, 1_000]);
    expect(second).not.toBe(first);
    await world.ask("generatetoaddress", [1, STRANGER]);
    for (const txid of [first, second]) {
      expect(await world.ask("gettransaction", [txid])).toMatchObject({ confirmations: 1 });
    }
    await nextTime();
  });

  it("pays many at once, and lets those bear the fee who shall", async () => {
    const amounts = { [STRANGER]: 1, [OTHER]: "2.00000001" };
    const txid = await world.ask("sendmany", ["", amounts, 1, "both", [STRANGER]]);
    const { details, fee } = await world.ask<{
      readonly details: readonly { readonly address: string; readonly amount: number }[];
      readonly fee: number;
    }>("gettransaction", [txid]);
    const paid = new Map(details.map((each) => [each.address, each.amount]));
    expect(paid.get(OTHER)).toBe(-2.00000001);
    expect(paid.get(STRANGER)).toBeCloseTo(-1 - fee, 8);
    const asText = JSON.stringify({ [STRANGER]: 1 });
    expect(await world.ask("sendmany", ["", asText])).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["more than all money", [STRANGER, 9e11], -3],
    ["more than is left", [STRANGER, 300_000_100], -6],
    ["dust", [STRANGER, 1e-8], -4],
    ["nothing", [STRANGER, 0], -3],
    ["less than nothing", [STRANGER, -1], -3],
    ["nine places", [STRANGER, "0.000000001"], -3],
    ["no number", [STRANGER, "one"], -3],
    ["an address of the main network", ["CT9A8CEgF7qJ3T6QuXSFQN31kEexxxa2oX", 1], -5],
    ["no address", ["xx", 1], -5],
    ["a fee above the ceiling", { address: STRANGER, amount: 1, fee_rate: 200_000 }, -4],
    ["an avoided reuse that means nothing", { address: STRANGER, amount: 1, conf_target: 1 }, -8],
  ])("refuses to pay %s by its number", async (_, params, code) => {
    expect(await codeOf("sendtoaddress", params)).toBe(code);
  });

  it.each([
    ["nobody", ["", {}], -8],
    ["what is no object", ["", "[1]"], -3],
    ["with an account", ["acc", { [STRANGER]: 1 }], -8],
    ["at the cost of somebody else", ["", { [STRANGER]: 1 }, 1, "", [OTHER]], -8],
  ])("refuses to pay many: %s", async (_, params, code) => {
    expect(await codeOf("sendmany", params)).toBe(code);
  });

  it("leaves coins alone that were set aside", async () => {
    const [coin] = await coinsOf();
    const outpoint = { txid: coin?.txid, vout: coin?.vout };
    expect(await world.ask("lockunspent", [false, [outpoint]])).toBe(true);
    expect(await world.ask("listlockunspent")).toEqual([outpoint]);
    expect((await coinsOf()).map(({ txid }) => txid)).not.toContain(coin?.txid);
    expect(await codeOf("lockunspent", [false, [outpoint]])).toBe(-8);
    expect(await codeOf("lockunspent", [false, [{ ...outpoint, vout: 99 }]])).toBe(-8);
    expect(await world.ask("lockunspent", [true])).toBe(true);
    expect(await codeOf("lockunspent", [true, [outpoint]])).toBe(-8);
  });

  it("takes the fee rate that it is told", async () => {
    expect(await codeOf("settxfee", ["0.00001"])).toBe(-8);
    await world.ask("settxfee", ["0.01"]);
    const txid = await world.ask("sendtoaddress", [STRANGER, 1]);
    const { fee } = await world.ask<{ readonly fee: number }>("gettransaction", [txid]);
    expect(fee).toBeLessThan(-0.001);
    await world.ask("settxfee", [0]);
    expect(await world.ask("getwalletinfo")).toMatchObject({ paytxfee: 0.0001 });
  });

  it("builds, funds and signs a transaction step by step", async () => {
    const outputs = [{ [STRANGER]: 3 }, { data: "cafe" }];
    const bare = await world.ask<string>("createrawtransaction", [[], outputs]);
    const funded = await world.ask<{ readonly hex: string; readonly changepos: number }>(
      "fundrawtransaction",
      [bare, { changePosition: 0 }],
    );
    expect(funded.changepos).toBe(0);
    const signed = await world.ask<{ readonly hex: string }>("signrawtransactionwithwallet", [
      funded.hex,
    ]);
    expect(signed).toMatchObject({ complete: true });
    const decoded = await world.ask("decoderawtransaction", [signed.hex]);
    expect(decoded).toMatchObject({
      vout: [{}, { value: 3 }, { value: 0, scriptPubKey: { type: "nulldata" } }],
    });
    const verdict = await world.node.mempool.test(fromHex(signed.hex));
    expect(verdict.state).toBe("accepted");
  });

  it("signs with keys that are handed in, and says which inputs they do not open", async () => {
    const secret = new Uint8Array(32).fill(7);
    const { addresses } = exosRegtest;
    const hash = hash160(publicKeyOf(secret, true));
    const to = printAddress({ kind: "p2pkh", hash }, addresses) ?? "";
    const txid = await world.ask<string>("sendtoaddress", [to, 4]);
    const { details, hex } = await world.ask<{
      readonly details: readonly { readonly vout: number }[];
      readonly hex: string;
    }>("gettransaction", [txid]);
    const inputs = [{ txid, vout: details[0]?.vout ?? 0 }];
    const bare = await world.ask("createrawtransaction", [inputs, { [STRANGER]: 3.9999 }]);
    const key = printWif({ secret, compressed: true }, addresses);
    expect(await world.ask("signrawtransactionwithkey", [bare, [key]])).toMatchObject({
      complete: false,
      errors: [{ txid }],
    });
    const scriptPubKey = toHex(payToKeyHash(hash));
    expect(hex).toContain(scriptPubKey);
    const told = [{ ...inputs[0], scriptPubKey, amount: 4 }];
    const signed = await world.ask<{ readonly hex: string; readonly complete: boolean }>(
      "signrawtransactionwithkey",
      [bare, [key], told],
    );
    expect(signed.complete).toBe(true);
    const verdict = await world.node.mempool.test(fromHex(signed.hex));
    expect(verdict.state).toBe("accepted");
    expect(await codeOf("signrawtransactionwithkey", [bare, ["nokey"]])).toBe(-5);
    expect(await codeOf("signrawtransactionwithkey", ["zz", []])).toBe(-22);
  });

  it("says which inputs are not its own, and signs nothing then", async () => {
    const inputs = [{ txid: "11".repeat(32), vout: 0 }];
    const bare = await world.ask("createrawtransaction", [inputs, { [STRANGER]: 1 }]);
    expect(await world.ask("signrawtransactionwithwallet", [bare])).toMatchObject({
      hex: bare,
      complete: false,
      errors: [{ txid: "11".repeat(32), vout: 0 }],
    });
    expect(await codeOf("signrawtransactionwithwallet", ["zz"])).toBe(-22);
    expect(await codeOf("fundrawtransaction", [bare])).toBe(-8);
  });

  it("gives every address out once, and change no label", async () => {
    const given = new Set<string>();
    for (let round = 0; round < 25; round++) given.add(await world.ask("getnewaddress"));
    expect(given.size).toBe(25);
    const change = await world.ask<string>("getrawchangeaddress");
    expect(await world.ask("getaddressinfo", [change])).toMatchObject({
      ischange: true,
      labels: [],
    });
    const last = [...given].at(-1);
    await world.ask("generatetoaddress", [1, last]);
    const lines = await world.ask<{ readonly address: string }[]>("listtransactions", ["*", 20]);
    expect(lines.map((line) => line.address)).toContain(last);
    expect(await codeOf("getnewaddress", ["", "bech32"])).toBe(-8);
  });

  it("splits coins into equal parts of its own, the first with what does not divide", async () => {
    const txid = await world.ask<string>("splitcoins", ["1.00000001", 3]);
    const parts = (await coinsOf()).filter((coin) => coin.txid === txid && coin.amount < 1);
    expect(parts.map((coin) => coin.amount).toSorted()).toEqual([
      0.33333333, 0.33333333, 0.33333335,
    ]);
    expect(new Set(parts.map((coin) => coin.address)).size).toBe(1);
  });

  it.each([
    ["into one", [1, 1], -8],
    ["into more than a transaction should hold", [1, 501], -8],
    ["what is dust then", ["0.00000002", 2], -4],
    ["nothing", [0, 2], -3],
    ["more than is there", [300_000_100, 2], -6],
  ])("refuses to split %s", async (_, params, code) => {
    expect(await codeOf("splitcoins", params)).toBe(code);
  });
});

describe("several wallets", () => {
  it("are chosen by the path, and have to be", async () => {
    await world.ask("createwallet", { wallet_name: "b c", passphrase: PASSPHRASE });
    expect(await world.ask("listwallets")).toEqual(["a", "b c"]);
    expect(await codeOf("getbalance", [])).toBe(-19);
    expect(await codeOf("getbalance", [], "nobody")).toBe(-18);
    expect(await world.ask("getbalance", [], "b c")).toBe(0);
  });

  it("pay each other, which the receiver trusts once it is mined", async () => {
    const to = await world.ask("getnewaddress", [], "b c");
    await nextTime();
    await world.ask("sendtoaddress", [to, 5], "a");
    expect(await world.ask("getbalances", [], "b c")).toMatchObject({
      mine: { trusted: 0, untrusted_pending: 5 },
    });
    expect(await world.ask("getbalance", [], "b c")).toBe(0);
    await world.ask("generatetoaddress", [1, STRANGER]);
    expect(await world.ask("getbalance", [], "b c")).toBe(5);
  });

  it("come and go", async () => {
    expect(await codeOf("loadwallet", ["b c"])).toBe(-4);
    expect(await codeOf("loadwallet", ["nobody"])).toBe(-18);
    expect(await codeOf("unloadwallet", ["a"], "b c")).toBe(-8);
    await world.ask("unloadwallet", ["b c"]);
    expect(await world.ask("getbalance")).toBeGreaterThan(0);
    await world.ask("loadwallet", ["b c"]);
    expect(await world.ask("getbalance", [], "b c")).toBe(5);
    expect(await codeOf("createwallet", { wallet_name: "a", passphrase: "x" })).toBe(-4);
    expect(await codeOf("createwallet", { wallet_name: "d" })).toBe(-4);
    expect(await codeOf("encryptwallet", ["x"], "a")).toBe(-15);
    expect(await codeOf("walletpassphrasechange", ["wrong", "next"], "b c")).toBe(-14);
    expect(await codeOf("walletpassphrasechange", ["", "next"], "b c")).toBe(-8);
    await world.ask("walletpassphrasechange", [PASSPHRASE, "next"], "b c");
    expect(await codeOf("backupwallet", ["relative.json"], "a")).toBe(-8);
  });
});
