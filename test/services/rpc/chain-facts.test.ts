import { describe, expect, it } from "vitest";
import { anchorOf } from "#services/rpc/views/anchor.ts";
import { openChain } from "#services/rpc/views/chain.ts";
import { signerOf } from "#services/rpc/views/signer.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { decodeHeader, hashHeader } from "#shared/codec/header.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { verifySignature } from "#shared/crypto/verify-signature.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import { loadChain } from "../../support/chain-file.ts";
import { call, clientOf, errorCode, result } from "../../support/rpc-client.ts";
import { createRpcNode, recordedBlocks } from "../../support/rpc-node.ts";
import { loadVectors } from "../../support/vectors.ts";

interface ChainRow {
  readonly height: number;
  readonly hash: string;
  readonly [fact: string]: unknown;
}

const blocks = recordedBlocks(532);
const rows = loadVectors<ChainRow[]>("exos-regtest/chain.json")?.slice(0, 532);
const bitcoinBlocks = loadChain("bitcoin-regtest/chain.bin", 0)?.slice(0, 130);
const { wire } = exosRegtest.consensus;
const OP_RETURN = 0x6a;

describe.skipIf(blocks === undefined || rows === undefined)("the recorded chain", async () => {
  const node = await createRpcNode(blocks ?? []);
  const send = clientOf(node);

  it("has the flags, proofs, modifiers, work and times that the reference states", async () => {
    for (const row of rows ?? []) {
      const header = await result<Record<string, unknown>>(send, "getblockheader", [row.hash]);
      expect(header, row.hash).toMatchObject(row);
    }
  });

  it("says the same of a block in both dialects", async () => {
    for (const at of [0, 2, 171, 315, 532]) {
      const hash = await result<string>(send, "getblockhash", [at]);
      const core = await result<Record<string, unknown>>(send, "getblock", [hash]);
      const { json } = await send(`/v1/blocks/${at}`);
      expect([json["hash"], json["height"]]).toEqual([hash, at]);
      expect(json["chainWork"]).toBe(core["chainwork"]);
      expect(json["confirmations"]).toBe(core["confirmations"]);
      expect(json["medianTime"]).toBe(core["mediantime"]);
      expect(json["weight"]).toBe(core["weight"]);
      expect(json["signature"]).toBe(core["signature"]);
    }
  });

  it("mints twelve coins by work, one by stake, and the premine", async () => {
    const mint = async (at: number) => {
      const hash = await result<string>(send, "getblockhash", [at]);
      const { text } = await call(send, "getblock", [hash]);
      return /"mint":([\d.]+)/.exec(text)?.[1];
    };
    expect(await mint(0)).toBe("0.00000000");
    expect(await mint(1)).toBe("12.00000000");
    expect(await mint(2)).toBe("300000000.00000000");
    expect(await mint(171)).toBe("1.00000000");
    expect(await mint(531)).toBe("12.00000000");
  });

  it("names the key that signed each stake block, and it did", () => {
    let signed = 0;
    for (const bytes of blocks ?? []) {
      const decoded = decodeBlock(bytes, wire);
      if (!decoded.ok) throw decoded.error;
      const { signature, hash } = decoded.value;
      const publicKey = signerOf(decoded.value);
      if (signature.length === 0) {
        expect(publicKey).toBeUndefined();
        continue;
      }
      signed++;
      const key = publicKey ?? new Uint8Array(0);
      expect(verifySignature({ publicKey: key, der: signature, digest: hash })).toBe(true);
    }
    expect(signed).toBeGreaterThan(10);
  });

  it("proves transactions to whoever trusts only the anchor", async () => {
    for (const at of [1, 171, 315, 531, 532]) {
      const { json } = await send(`/v1/blocks/${at}/txs?limit=200`);
      for (const { txid } of json["items"] as { txid: string }[]) {
        const proof = (await send(`/v1/txs/${txid}/proof`)).json as unknown as Proof;
        const tx = decodeTransaction(fromHex(proof.tx), wire);
        expect(tx.ok && toHashHex(tx.value.txid)).toBe(txid);
        expect(rootOf(txid, proof)).toBe(merkleRootOf(proof.header));
        const links = [proof.header, ...proof.headers];
        for (const [place, header] of links.entries()) {
          const child = links[place + 1];
          if (child !== undefined) expect(previousOf(child)).toBe(hashOf(header));
        }
        expect(hashOf(links.at(-1) ?? "")).toBe(proof.anchor.hash);
        expect(proof.anchor).toMatchObject({ kind: "tip", height: 532 });
        const parents = proof.parents.map((raw) => decodeTransaction(fromHex(raw), wire));
        const known = new Set(parents.map((each) => each.ok && toHashHex(each.value.txid)));
        if (!tx.ok || at === 1) continue;
        for (const { prevout } of tx.value.inputs) {
          const isCoinbase = prevout.index === 0xffff_ffff;
          expect(isCoinbase || known.has(toHashHex(prevout.txid))).toBe(true);
        }
      }
    }
  });

  it("reads the headers up to a proof's anchor at once", async () => {
    const { headers, coins } = node.stores;
    let calls = 0;
    const counted = {
      ...headers,
      get(hash: HashHex) {
        calls++;
        return headers.get(hash);
      },
      getMany(hashes: readonly HashHex[]) {
        calls++;
        return headers.getMany(hashes);
      },
    };
    const chain = await openChain({ coins, headers: counted });
    const proven = await chain.headerAt(10);
    if (proven === undefined) throw new RangeError("no header of height 10");
    calls = 0;
    const anchor = await anchorOf(proven.record, chain, exosRegtest.consensus);
    expect([anchor.kind, anchor.height, anchor.headers.length]).toEqual(["tip", 532, 522]);
    expect(calls).toBeLessThanOrEqual(2);
  });

  it("is kept as long as it is final, and ten seconds of a node that says it is behind", async () => {
    const kept = async () => {
      const answers = ["/v1/blocks/32", "/v1/blocks/33", "/v1/tip"].map((path) => send(path));
      return (await Promise.all(answers)).map(({ headers }) => headers.get("cache-control"));
    };
    const [final, settled, tip] = [
      "public, max-age=157784630, immutable",
      "public, max-age=60",
      "public, max-age=1",
    ];
    expect(await kept()).toEqual([final, settled, tip]);
    node.setState({ phase: "indexing" });
    expect(await kept()).toEqual(["public, max-age=10", "public, max-age=10", tip]);
    node.setState({ phase: "ready" });
  });

  it("proves outputs in Bitcoin Core's form, and sees a proof that was changed", async () => {
    const hash = await result<string>(send, "getblockhash", [171]);
    const { tx } = await result<{ tx: string[] }>(send, "getblock", [hash]);
    for (const shown of [tx.slice(0, 1), tx.slice(1, 3), tx]) {
      const proof = await result<string>(send, "gettxoutproof", [shown]);
      expect(await result(send, "gettxoutproof", [shown, hash])).toBe(proof);
      expect(await result(send, "verifytxoutproof", [proof])).toEqual(shown);
      const changed = proof.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
      expect(await call(send, "verifytxoutproof", [changed])).not.toMatchObject({
        json: { result: shown },
      });
      expect(errorCode(await call(send, "verifytxoutproof", [`${proof}00`]))).toBe(-22);
      expect(errorCode(await call(send, "verifytxoutproof", [proof.slice(2)]))).toBe(-22);
    }
    const foreign = `ff${(await result<string>(send, "gettxoutproof", [tx])).slice(2)}`;
    expect(errorCode(await call(send, "verifytxoutproof", [foreign]))).toBe(-5);
    const other = await result<string>(send, "getblockhash", [170]);
    expect(errorCode(await call(send, "gettxoutproof", [tx, other]))).toBe(-5);
    expect(errorCode(await call(send, "gettxoutproof", [[tx[0], tx[0]]]))).toBe(-8);
    expect(errorCode(await call(send, "gettxoutproof", [[]]))).toBe(-8);
    expect(errorCode(await call(send, "gettxoutproof", [["11".repeat(32)]]))).toBe(-5);
  });

  it("adds up: money made is money there and money gone", async () => {
    const { json } = await send("/v1/supply");
    const amount = (name: string) => BigInt(String(json[name]));
    expect(amount("minted")).toBe(amount("supply") + amount("unspendable"));
    const { text } = await call(send, "gettxoutsetinfo");
    const [, coins, units] = /"total_amount":(\d+)\.(\d{8})/.exec(text) ?? [];
    expect(BigInt(`${coins}${units}`)).toBe(amount("supply"));
    const scripts = new Map<string, number>();
    for (const bytes of blocks ?? []) {
      const block = decodeBlock(bytes, wire);
      for (const tx of block.ok ? block.value.transactions : []) {
        const txid = toHashHex(tx.txid);
        for (const { prevout } of tx.inputs) {
          scripts.delete(`${toHashHex(prevout.txid)}:${prevout.index}`);
        }
        for (const [index, { scriptPubKey }] of tx.outputs.entries()) {
          if (scriptPubKey[0] === OP_RETURN) continue;
          scripts.set(`${txid}:${index}`, scriptPubKey.length);
        }
      }
    }
    const sizes = [...scripts.values()].map((length) => 32 + 4 + 4 + 8 + 2 + length);
    const bogosize = sizes.reduce((sum, size) => sum + size, 0);
    const info = { txouts: json["coins"], bogosize };
    expect(await result(send, "gettxoutsetinfo")).toMatchObject(info);
    expect(errorCode(await call(send, "gettxoutsetinfo", ["sha256"]))).toBe(-8);
  });

  it("tells a branch that lost from one that is bad", async () => {
    const odd = loadChain("exos-regtest/odd-chain.dat", 4)?.slice(0, 540) ?? [];
    const other = await createRpcNode(odd);
    for (let at = 533; at <= 540; at++) {
      const hash = (await other.stores.coins.tip())?.win[at];
      const stored = hash === undefined ? undefined : await other.stores.headers.get(hash);
      if (stored !== undefined) await node.stores.headers.put(stored.record);
    }
    const branch = async () => (await result<object[]>(send, "getchaintips"))[1];
    expect(await branch()).toMatchObject({ height: 540, branchlen: 8, status: "headers-only" });
    const leaf = other.tip().hash;
    const error = { code: "bad-cs-amount", stage: "full", effect: "invalid", detail: {} } as const;
    await node.stores.headers.setRejected(leaf, error);
    expect(await branch()).toMatchObject({ hash: leaf, status: "invalid" });
    expect((await send("/readyz")).status).toBe(200);
    await node.stores.headers.clearRejected(leaf);
    expect((await send("/readyz")).status).toBe(503);
    const stale = await result<object>(send, "getblockheader", [leaf]);
    expect(stale).toMatchObject({ confirmations: -1, height: 540 });
    expect(stale).not.toHaveProperty("nextblockhash");
  });
});

interface Proof {
  readonly tx: string;
  readonly parents: readonly string[];
  readonly header: string;
  readonly branch: readonly string[];
  readonly pos: number;
  readonly headers: readonly string[];
  readonly anchor: { readonly kind: string; readonly height: number; readonly hash: string };
}

/** What a browser does with a branch, written anew. */
function rootOf(txid: string, { branch, pos }: Proof): string {
  let node = fromHashHex(txid as Parameters<typeof fromHashHex>[0]);
  let place = pos;
  for (const hex of branch) {
    const sibling = fromHashHex(hex as Parameters<typeof fromHashHex>[0]);
    node = hash256(
      Uint8Array.from(place % 2 === 0 ? [...node, ...sibling] : [...sibling, ...node]),
    );
    place = Math.floor(place / 2);
  }
  return toHashHex(node);
}

function headerOf(hex: string) {
  const header = decodeHeader(fromHex(hex));
  if (!header.ok) throw header.error;
  return header.value;
}
const merkleRootOf = (hex: string) => toHashHex(headerOf(hex).merkleRoot);
const previousOf = (hex: string) => toHashHex(headerOf(hex).prev);
const hashOf = (hex: string) => toHashHex(hashHeader(headerOf(hex), wire));

describe.skipIf(bitcoinBlocks === undefined)("bitcoin-regtest", async () => {
  const node = await createRpcNode(bitcoinBlocks ?? [], { network: bitcoinRegtest });
  const send = clientOf(node);

  it("has Bitcoin Core's keys alone: no transaction time, no stake, witnesses and weights", async () => {
    const hash = await result<string>(send, "getbestblockhash");
    const block = await result<{ tx: Record<string, unknown>[]; weight: number }>(
      send,
      "getblock",
      [hash, 2],
    );
    for (const key of ["flags", "modifierv2", "signature"]) expect(block).not.toHaveProperty(key);
    const [coinbase] = block.tx;
    expect(coinbase).not.toHaveProperty("ntime");
    expect(coinbase).not.toHaveProperty("is_coinstake");
    expect(coinbase?.["vin"]).toMatchObject([{ txinwitness: ["00".repeat(32)] }]);
    for (const { size, vsize, weight, hex } of block.tx) {
      expect(String(hex)).toHaveLength(2 * Number(size));
      expect(vsize).toBe(Math.ceil(Number(weight) / 4));
    }
  });

  it("knows witness addresses", async () => {
    const text = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
    expect(await result(send, "validateaddress", [text])).toEqual({
      isvalid: true,
      address: text,
      scriptPubKey: "0014751e76e8199196d454941c45d1b3a323f1433bd6",
      isscript: false,
      iswitness: true,
      witness_version: 0,
      witness_program: "751e76e8199196d454941c45d1b3a323f1433bd6",
    });
  });
});
