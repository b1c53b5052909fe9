import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createDynamoAddressIndex } from "#shared/adapters/aws/dynamo-address-index.ts";
import { createIndexTables } from "#shared/adapters/aws/index-tables.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryBlockStore } from "#shared/adapters/embedded/memory-block-store.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryCursors } from "#shared/adapters/embedded/memory-cursors.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import type { ItemMarks } from "#shared/coins/coin-item.ts";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { baseMark } from "#shared/coins/mark.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { packOutputs } from "#shared/coins/pack-outputs.ts";
import type {
  AddressIndex,
  AddressIndexWriter,
  BlockToIndex,
  SeedCoin,
} from "#shared/ports/address-index.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Cursors } from "#shared/ports/cursors.ts";
import {
  amount,
  type Hash256,
  type HashHex,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { EXOS_WIRE } from "../wires.ts";
import { makeCityTables } from "./city-tables.ts";

/** The index of a city whose other stores are in memory and know what it is told. */
export interface CityIndex extends AddressIndex, AddressIndexWriter {
  readonly chainState: CoinStore;
  readonly cursors: Cursors;
  /** Name of the index's tables. */
  readonly name: string;
  /** Commit the chain that ends in a block that was added, whatever the index follows. */
  commit(hash: HashHex, final?: number): Promise<void>;
}

/**
 * A city's index on a table of its own. Adding a block stores it and its marks first, as a city
 * does; following one commits it first, unless `follows` says that the tip goes its own way.
 */
export async function openCityIndex(
  client: DynamoDBClient,
  {
    commits = true,
    readers = client,
    clock = createManualClock(unixSeconds(0)),
  }: {
    readonly commits?: boolean;
    readonly readers?: DynamoDBClient;
    readonly clock?: Pick<Clock, "elapsedMs">;
  } = {},
): Promise<CityIndex> {
  const { index: name } = await makeCityTables(client, ["index"]);
  const cursors = createMemoryCursors();
  const coins = createMemoryCoinStore("exos");
  const blocks = createMemoryBlockStore();
  let generation = { gen: 0, floor: height(0) };
  const known = new Map<HashHex, { readonly height: number; readonly prev: HashHex }>();
  const index = createDynamoAddressIndex({
    tables: createIndexTables({ client: readers, name }),
    cursors,
    coins,
    blocks,
    heightOf: async (hash) => known.get(hash)?.height,
    wire: EXOS_WIRE,
    clock,
  });

  async function commit(hash: HashHex, final = 0): Promise<void> {
    const win: HashHex[] = [];
    for (let at = known.get(hash), id = hash; at !== undefined; at = known.get(id)) {
      win.unshift(id);
      id = at.prev;
    }
    const rev = (await coins.tip())?.rev ?? 0;
    const top = known.get(hash)?.height ?? 0;
    const first = height(top + 1 - win.length);
    const tip = {
      rev: rev + 1,
      ...generation,
      height: height(top),
      hash,
      work: BigInt(rev + 1),
      final: height(Math.max(first, final, generation.floor)),
      base: first,
      win,
      mu: undefined,
    };
    await coins.commit(rev, { tip, frozen: [] });
  }

  async function learn(block: BlockToIndex): Promise<void> {
    const bytes = block.bytes.slice();
    const prev = toHashHex(bytes.slice(4, 36) as Hash256);
    known.set(block.hash, { height: block.height, prev });
    await blocks.put(block.hash, bytes);
    const decoded = decodeBlock(bytes, EXOS_WIRE);
    if (decoded.ok)
      await coins.apply(generation.gen, marksOf(decoded.value, block, { dialect: "exos" }));
  }

  return {
    ...index,
    cursors,
    chainState: coins,
    name,
    commit,
    async add(added) {
      for (const block of added) await learn(block);
      await index.add(added);
    },
    async begin(row) {
      // The header of the first block is there, and its parent's is not asked for.
      if (!known.has(row.hash)) known.set(row.hash, { height: row.height, prev: row.hash });
      generation = { gen: await coins.createGeneration(), floor: row.height };
      await index.begin(row);
    },
    async seed(seeded) {
      for (const made of Map.groupBy(seeded, ({ txid }) => toHashHex(txid)).values()) {
        await coins.apply(generation.gen, [snapshotMarks(made)]);
      }
      await index.seed(seeded);
    },
    async follow(hash) {
      if (commits && known.has(hash)) await commit(hash);
      await index.follow(hash);
    },
  };
}

/** What a snapshot holds of a transaction with fewer than nine outputs: those that are unspent. */
function snapshotMarks(made: readonly SeedCoin[]): ItemMarks {
  const [first] = made;
  if (first === undefined) throw new RangeError("a transaction without coins");
  const gone = { value: amount(0n), scriptPubKey: Uint8Array.of(0x6a) };
  const outputs = Array.from({ length: 8 }, (_, at) => made.find(({ index }) => index === at));
  return {
    key: coinKeyOf(first.txid, 0),
    mark: baseMark(first.height),
    created: {
      outputs: packOutputs(outputs.map((output) => output ?? gone)),
      time: first.time,
      kind: first.kind,
    },
    spent: 0,
  };
}
