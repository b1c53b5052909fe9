import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashHeader } from "#shared/codec/header.ts";
import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { checkSnapshotHeader } from "#shared/coins/check-snapshot-header.ts";
import { unpackOutput } from "#shared/coins/pack-outputs.ts";
import {
  itemOfCoins,
  readSnapshotCoin,
  type SnapshotCoin,
  writeSnapshotCoin,
} from "#shared/coins/snapshot-coin.ts";
import {
  encodeManifest,
  parseManifest,
  type SnapshotManifest,
} from "#shared/coins/snapshot-manifest.ts";
import { describeHeader } from "#shared/consensus/describe-header.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import { amount, compactBits, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import { loadChain } from "../../support/chain-file.ts";
import { hashOf, txidOf } from "../../support/coin-chain.ts";

const coin = (index: number, at = 7): SnapshotCoin => ({
  txid: txidOf("x"),
  index,
  coin: {
    value: amount(BigInt(index)),
    scriptPubKey: Uint8Array.of(0x51),
    time: unixSeconds(9),
    height: height(at),
    kind: "coinbase",
  },
});

describe("a coin in a snapshot", () => {
  it("comes back as it was, and is refused when cut or of no kind", () => {
    const writer = new Writer();
    writeSnapshotCoin(coin(9), writer);
    const bytes = writer.finish();
    expect(readSnapshotCoin(new Reader(bytes))).toEqual(coin(9));
    expect(() => readSnapshotCoin(new Reader(bytes.subarray(0, -1)))).toThrow(DecodeFault);
    const bad = bytes.slice();
    bad[40] = 3;
    expect(() => readSnapshotCoin(new Reader(bad))).toThrow("kind");
  });

  it("shares its item, in which all that is left out is spent by a base mark", () => {
    const item = itemOfCoins([coin(9), coin(15)]);
    expect(item.spent).toBe(0b0111_1101);
    expect(item.mark.height).toBe(7);
    expect(unpackOutput(item.created?.outputs ?? new Uint8Array(0), 1)).toMatchObject({
      value: 9n,
    });
    expect(unpackOutput(item.created?.outputs ?? new Uint8Array(0), 0)).toBeUndefined();
  });

  it("is refused beside one that was not made with it, and alone there is no item", () => {
    expect(() => itemOfCoins([coin(1), coin(2, 8)])).toThrow(RangeError);
    const later = { ...coin(2), coin: { ...coin(2).coin, time: unixSeconds(10) } };
    expect(() => itemOfCoins([coin(1), later])).toThrow(RangeError);
    const other = { ...coin(2), coin: { ...coin(2).coin, kind: "ordinary" as const } };
    expect(() => itemOfCoins([coin(1), other])).toThrow(RangeError);
    expect(() => itemOfCoins([])).toThrow(RangeError);
  });
});

describe("a manifest", () => {
  const file = { name: "headers.bin.zst", sha256: "ab".repeat(32), bytes: 5, count: 2 };
  const manifest: SnapshotManifest = {
    schema: "exos.snapshot.v1",
    network: "stratis",
    height: height(5),
    hash: hashOf("a5"),
    work: 2n ** 200n,
    coins: 4,
    supply: 30_000_000_000_000_000n,
    muhash: hashOf("mu"),
    headers: file,
    chunks: [{ ...file, name: "coins-0.bin.zst" }],
    program: "1",
    signature: "",
  };
  const text = encodeManifest(manifest);

  it("comes back as it was", () => {
    expect(parseManifest(text)).toEqual({ ok: true, value: manifest });
  });

  it.each([
    { field: "schema", value: "2" },
    { field: "network", value: 5 },
    { field: "height", value: -1 },
    { field: "hash", value: "xy" },
    { field: "muhash", value: 7 },
    { field: "work", value: "0x5" },
    { field: "supply", value: 5 },
    { field: "coins", value: 1.5 },
    { field: "headers", value: [] },
    { field: "headers", value: { ...file, name: "../headers.bin.zst" } },
    { field: "headers", value: { ...file, name: 5 } },
    { field: "headers", value: { ...file, sha256: "AB" } },
    { field: "headers", value: { ...file, sha256: 5 } },
    { field: "headers", value: { ...file, bytes: "5" } },
    { field: "headers", value: { ...file, count: -5 } },
    { field: "chunks", value: "none" },
    { field: "chunks", value: [file, 5] },
    { field: "program", value: 5 },
    { field: "signature", value: null },
  ])("is refused by the name of its field $field", ({ field, value }) => {
    const bad = { ...(JSON.parse(text) as Record<string, unknown>), [field]: value };
    expect(parseManifest(JSON.stringify(bad))).toEqual({ ok: false, error: field });
  });

  it("is refused when it is no JSON object", () => {
    expect(parseManifest("{")).toEqual({ ok: false, error: "no JSON" });
    expect(parseManifest("[]")).toEqual({ ok: false, error: "no object" });
    expect(parseManifest("null")).toEqual({ ok: false, error: "no object" });
  });
});

const blocks = loadChain("stratis/blk0001.dat", 4);
describe.skipIf(blocks === undefined)("a header in a snapshot", () => {
  const params = stratis.consensus;
  const records: HeaderRecord[] = [genesisRecord(stratis)];
  for (const bytes of blocks?.slice(1, 4) ?? []) {
    const block = decodeBlock(bytes, params.wire);
    const parent = records.at(-1);
    if (block.ok && parent !== undefined) records.push(describeHeader(block.value, parent, params));
  }
  const [, , parent = genesisRecord(stratis), record = genesisRecord(stratis)] = records;
  const check = (change: Partial<HeaderRecord>) =>
    checkSnapshotHeader({ ...record, ...change }, parent, params);
  const { context, header } = record;

  it("stands on its parent when everything about it follows", () => {
    for (const [at, one] of records.entries()) {
      const before = records[at - 1];
      if (before !== undefined) expect(checkSnapshotHeader(one, before, params)).toBeUndefined();
    }
  });

  const work = { ...context, last: { ...context.last, work: [] } };
  const stake = { ...context.last, stake: [{ bits: compactBits(1), time: unixSeconds(1) }] };
  const deployments = context.deployments.map((one) => ({ ...one, signals: 5 }));
  const states = context.deployments.map((one) => ({ ...one, state: "failed" as const }));
  it.each<{ wrong: string; change: Partial<HeaderRecord> }>([
    { wrong: "height", change: { height: height(9) } },
    { wrong: "hash", change: { hash: parent.hash } },
    { wrong: "work", change: { work: 1n } },
    { wrong: "skip", change: { skip: parent.hash } },
    { wrong: "times", change: { context: { ...context, times: [] } } },
    { wrong: "last proofs", change: { context: work } },
    { wrong: "last proofs", change: { context: { ...context, last: stake } } },
    { wrong: "deployments", change: { context: { ...context, deployments: [] } } },
    { wrong: "deployments", change: { context: { ...context, deployments } } },
    { wrong: "deployments", change: { context: { ...context, deployments: states } } },
    {
      wrong: "deployments",
      change: { context: { ...context, deployments: [...states, ...states] } },
    },
  ])("is refused for a wrong $wrong", ({ wrong, change }) => {
    expect(check(change)).toBe(wrong);
  });

  it("is refused on another parent, without work, and off the checkpoints", () => {
    const elsewhere = { ...header, prev: zeroHash(), bytes: header.bytes.slice() };
    expect(check({ header: elsewhere, hash: toHashHex(hashHeader(elsewhere, params.wire)) })).toBe(
      "link",
    );
    expect(check({ header: { ...header, bits: compactBits(0) } })).toBe("work");
    const [genesis, first, second] = records;
    if (genesis === undefined || first === undefined || second === undefined) return;
    const modifier = { ...second, stakeModifier: zeroHash() };
    expect(checkSnapshotHeader(modifier, first, params)).toBe("stake modifier of a checkpoint");
    const pins = [{ height: height(2), hash: zeroHash(), stakeModifier: second.stakeModifier }];
    expect(checkSnapshotHeader(second, first, { ...params, checkpoints: pins })).toBe("checkpoint");
    const bare = { ...params, stake: undefined };
    expect(checkSnapshotHeader(modifier, first, bare)).toBeUndefined();
  });
});
