import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { DEPLOYMENT } from "#regions/deployment.ts";
import { planSweep } from "#services/cli/fleet/plan-sweep.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { fromHex, toHex } from "#shared/primitives/hex.ts";
import { parseAddress, printAddress, scriptOfAddress } from "#shared/script/address.ts";
import {
  type CannedAnswer,
  openCannedEndpoint,
  xmlAnswer,
} from "../../support/aws/canned-endpoint.ts";
import { OTHER } from "../../support/rich-chain.ts";
import { runInProcess } from "../../support/run-in-process.ts";
import { createSigningCity } from "../../support/signing-city.ts";

const TO = DEPLOYMENT.sweepAddresses.local ?? "";
const SCRIPT = (format: Parameters<typeof parseAddress>[1]) => {
  const address = parseAddress(TO, format);
  if (address === undefined) throw new RangeError("no address");
  return scriptOfAddress(address);
};
const whole = await createSigningCity();
const { network, kernel, publicKey } = whole;
const city = await createSigningCity({ sweepScript: SCRIPT(network.addresses) });
const FROM = printAddress({ kind: "p2pkh", hash: hash160(publicKey) }, network.addresses);

const row = (change: object = {}) => ({
  txid: toHashHex(kernel.outpoint.txid),
  index: kernel.outpoint.index,
  value: `${kernel.coin.value}`,
  script: toHex(kernel.coin.scriptPubKey),
  time: kernel.coin.time,
  mature: true,
  ...change,
});
/** Pages of the city's list of coins, and what it says to what it is handed. */
const says = { pages: [] as object[][], accept: undefined as CannedAnswer | undefined };
const handed: string[] = [];
const OUTPUTS = `<member><OutputKey>RpcUrl</OutputKey><OutputValue>https://abc.lambda-url.us-east-1.on.aws/</OutputValue></member>`;

const endpoint = await openCannedEndpoint(async ({ what, body }) => {
  if (what === "GetCallerIdentity") return xmlAnswer(what, "<Account>000000000000</Account>");
  if (what === "DescribeStacks") {
    const stack = `<member><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${OUTPUTS}</Outputs></member>`;
    return xmlAnswer(what, `<Stacks>${stack}</Stacks>`);
  }
  if (what.includes("exos-local-loc-stake-sign/invocations")) {
    return JSON.stringify(await city.answer(JSON.parse(body)));
  }
  const page = /\/abc\/v1\/addresses\/(\w+)\/coins(?:\?cursor=(\d))?$/.exec(what);
  if (page !== null) {
    expect(page[1]).toBe(FROM);
    const at = Number(page[2] ?? 0);
    const next = at + 1 < says.pages.length ? `${at + 1}` : null;
    return JSON.stringify({ items: says.pages[at] ?? [], next, at: { height: 1, hash: "" } });
  }
  if (!what.endsWith("/abc/v1/txs")) return { status: 404, text: "{}" };
  handed.push(JSON.parse(body).hex);
  const txid = toHashHex(decoded(JSON.parse(body).hex).txid);
  return says.accept ?? JSON.stringify({ txid, isNew: true });
});
vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
afterAll(async () => {
  vi.unstubAllEnvs();
  await endpoint[Symbol.asyncDispose]();
});
beforeEach(() => {
  says.pages = [[row()]];
  says.accept = undefined;
  handed.length = 0;
  city.kms.signatures.length = 0;
});

function decoded(hex: string) {
  const tx = decodeTransaction(fromHex(hex), network.consensus.wire);
  if (!tx.ok) throw tx.error;
  return tx.value;
}

const sweep = (...words: string[]) =>
  runInProcess(["fleet", "sweep", "loc", "--environment", "local", "--confirm", "loc", ...words], {
    environment: { AWS_ENDPOINT_URL: endpoint.url },
  });

describe("exos fleet sweep", () => {
  it("sends the key's coins to the fixed address, signed by the city's function", async () => {
    says.pages = [[row({ mature: false, index: 3 })], [row()]];
    const said = await sweep("--json");
    expect(said.code).toBe(0);
    expect(handed).toHaveLength(1);
    const tx = decoded(handed[0] ?? "");
    expect(tx.inputs.map(({ prevout }) => prevout)).toEqual([kernel.outpoint]);
    expect(tx.outputs.map(({ scriptPubKey }) => scriptPubKey)).toEqual([SCRIPT(network.addresses)]);
    const value = tx.outputs[0]?.value;
    expect(JSON.parse(said.out)).toEqual({
      schema: "exos.fleet-sweep.v1",
      city: "loc",
      to: TO,
      from: FROM,
      value: `${value}`,
      parts: [
        {
          state: "sent",
          txid: toHashHex(tx.txid),
          coins: 1,
          value: `${value}`,
          fee: `${kernel.coin.value - (value ?? 0n)}`,
        },
      ],
    });
  });

  it("says to people what goes where", async () => {
    const { code, out } = await sweep();
    expect(code).toBe(0);
    expect(out.split("\n").at(-2)).toMatch(
      new RegExp(`^[\\d.]+ \\w+ are on their way from ${FROM} to ${TO}\\.$`),
    );
    says.pages = [[]];
    expect((await sweep()).out).toContain(`${FROM} has nothing that is worth a fee.`);
  });

  it("goes on where the signer or the city refuses a part, and ends with 6", async () => {
    says.pages = [[row({ index: 77 })]];
    const unknown = await sweep();
    expect(unknown.code).toBe(6);
    expect(unknown.out).toContain("Input 0 spends no coin of the chain. [EXOS-E5016]");
    says.pages = [[row()]];
    const problem = { code: "EXOS-E4220", detail: "bad-txns-inputs-missingorspent" };
    says.accept = { status: 422, text: JSON.stringify(problem) };
    const refused = await sweep();
    expect(refused.code).toBe(6);
    expect(refused.out).toContain("bad-txns-inputs-missingorspent [EXOS-E4220]");
    expect(city.kms.signatures).toHaveLength(1);
  });

  it("fails where the city does not answer as one", async () => {
    says.accept = { status: 502, text: "<html>" };
    const said = await sweep();
    expect(said).toMatchObject({ code: 1, out: "" });
    expect(said.err).toContain("/v1/txs answered 502");
  });

  it.each([
    ["no city", ["sweep"], 2, "EXOS-E0002"],
    ["a city that does not stake", ["sweep", "syd", "--confirm", "syd"], 2, "EXOS-E8003"],
    ["an untyped name", ["sweep", "loc", "--environment", "local"], 9, "EXOS-E8007"],
  ])("refuses %s", async (_, words, code, error) => {
    const said = await runInProcess(["fleet", ...words]);
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(error);
  });
});

describe("the parts of a sweep", () => {
  const coin = (value: bigint, index: number) => ({
    outpoint: { ...kernel.outpoint, index },
    value: amount(value),
    scriptPubKey: OTHER.payToHash,
    time: unixSeconds(1_000 + index),
  });
  const plan = (coins: readonly ReturnType<typeof coin>[]) =>
    planSweep(coins, { to: OTHER.payToKey, now: unixSeconds(1_050) }, network.consensus);

  it("spend at most a hundred coins each, every coin once, and none too little for its fee", () => {
    const coins = Array.from({ length: 250 }, (_, index) => coin(1_000_000n, index));
    const parts = plan(coins);
    expect(parts.map((part) => part.coins)).toEqual([100, 100, 50]);
    const spent = parts.flatMap(({ raw }) => decoded(toHex(raw)).inputs.map((one) => one.prevout));
    expect(new Set(spent.map(({ index }) => index)).size).toBe(250);
    for (const { value, fee, coins: count, raw } of parts) {
      expect(value + fee).toBe(1_000_000n * BigInt(count));
      expect(raw.length + 107 * count).toBeLessThan(100_000);
    }
    const dust = Array.from({ length: 30 }, (_, index) => coin(500n, index));
    expect(plan(dust)).toEqual([]);
    expect(plan([...coins.slice(0, 100), ...dust]).map((part) => part.coins)).toEqual([100]);
  });

  it("are dated now, and not before a coin that they spend", () => {
    const timeOf = (index: number) =>
      plan([coin(1_000_000n, index)]).map(({ raw }) => decoded(toHex(raw)).time);
    expect([timeOf(3), timeOf(60)]).toEqual([[1_050], [1_060]]);
  });
});
