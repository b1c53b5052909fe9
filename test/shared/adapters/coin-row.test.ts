import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CoinRows, coinRowKey, type RowSink, seal } from "#shared/adapters/embedded/coin-row.ts";
import type { CoinItem } from "#shared/coins/coin-item.ts";
import { coinItemSize, writeCoinItem } from "#shared/coins/coin-item-codec.ts";
import { type CoinKey, coinKeyOfChunk } from "#shared/coins/coin-key.ts";
import { baseMark } from "#shared/coins/mark.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import { txidOf } from "../../support/coin-chain.ts";

interface Row {
  readonly generation: number;
  readonly key: CoinKey;
  readonly item: CoinItem | undefined;
}

function itemOf(outputBytes: number): CoinItem {
  const outputs = new Uint8Array(outputBytes).fill(outputBytes);
  const content = { outputs, time: unixSeconds(1), kind: "ordinary" } as const;
  return { content, creators: [baseMark(height(7))], spends: [] };
}

/** What LevelDB would hold, or that it was told to delete; it copies, so this does too. */
class CopyingSink implements RowSink {
  readonly rows = new Map<string, string>();
  readonly order: string[] = [];

  put(key: Uint8Array, sealed: Uint8Array): void {
    this.#take(key, Buffer.from(sealed).toString("hex"));
  }

  del(key: Uint8Array): void {
    this.#take(key, "gone");
  }

  #take(key: Uint8Array, what: string): void {
    const name = Buffer.from(key).toString("hex");
    expect(this.rows.has(name)).toBe(false);
    this.rows.set(name, what);
    this.order.push(name);
  }
}

function expected({ generation, key, item }: Row): [string, string] {
  const row = coinRowKey(generation, key);
  const name = Buffer.from(row).toString("hex");
  if (item === undefined) return [name, "gone"];
  const value = new Uint8Array(coinItemSize(item));
  writeCoinItem(item, value, 0);
  return [name, Buffer.from(seal(row, value)).toString("hex")];
}

function handedOver(rows: readonly Row[], writer = new CoinRows()): CopyingSink {
  const sink = new CopyingSink();
  for (const { generation, key, item } of rows) writer.add(sink, generation, key, item);
  writer.handOver(sink);
  return sink;
}

function rowAt(at: number, item: CoinItem | undefined): Row {
  return { generation: at % 3, key: coinKeyOfChunk(txidOf(`row ${at}`), at % 5), item };
}

describe("rows of a batch", () => {
  it("arrive each once, sealed, with the key they were given", () => {
    const sizes = fc.array(fc.option(fc.nat(1_100)), { maxLength: 60 });
    const writer = new CoinRows();
    fc.assert(
      fc.property(sizes, (list) => {
        const rows = list.map((size, at) => rowAt(at, size === null ? undefined : itemOf(size)));
        expect(handedOver(rows, writer).rows).toEqual(new Map(rows.map(expected)));
      }),
    );
  });

  it("arrive about in the order of their keys", () => {
    const rows = Array.from({ length: 200 }, (_, at) => ({
      ...rowAt(at, itemOf(9)),
      generation: 0,
    }));
    const starts = handedOver(rows).order.map((name) => name.slice(10, 14));
    expect(starts).toEqual([...starts].sort());
  });

  it("may be more, and take more, than are put in order at once", () => {
    const many = Array.from({ length: 8_193 }, (_, at) => rowAt(at, undefined));
    expect(handedOver(many).rows).toEqual(new Map(many.map(expected)));
    const wide = Array.from({ length: 1_100 }, (_, at) => rowAt(at, itemOf(1_000)));
    expect(handedOver(wide).rows).toEqual(new Map(wide.map(expected)));
  });

  it("are written whole on both sides of the largest that waits its turn", () => {
    const rows = [1_011, 1_012, 1_013, 70_000].map((size, at) => rowAt(at, itemOf(size)));
    expect(rows.map(({ item }) => coinItemSize(item as CoinItem))).toContain(1_024);
    expect(handedOver(rows).rows).toEqual(new Map(rows.map(expected)));
  });
});
