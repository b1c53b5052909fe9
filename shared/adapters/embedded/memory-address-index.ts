import { SCRIPT_BYTES_MAX } from "#shared/coins/pack-outputs.ts";
import { sha256 } from "#shared/crypto/hashes.ts";
import type {
  AddressIndex,
  AddressIndexWriter,
  BlockRow,
  IndexPoint,
  OwnerSum,
  Spender,
} from "#shared/ports/address-index.ts";
import { factsOf, listedUnder } from "#shared/ports/block-facts.ts";
import { comesAfter, pageOf } from "#shared/ports/page-cursor.ts";
import type { RichList } from "#shared/ports/rich-list.ts";
import { TopHolders } from "#shared/ports/top-holders.ts";
import { amount, type Hash256, type HashHex, type Height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import { FactChain, ownerKey } from "./fact-chain.ts";

/** The index in Maps, every question answered by walking the chain: an oracle for others. */
export function createMemoryAddressIndex(options: {
  readonly wire: WireFormat;
}): AddressIndex & AddressIndexWriter & RichList {
  const chain = new FactChain();
  return {
    ...writer(chain, options.wire),
    ...blockReader(chain),
    ...ownerReader(chain),
    ...richList(chain),
  };
}

function writer(chain: FactChain, wire: WireFormat): AddressIndexWriter {
  const { blocks, outputs } = chain;
  const spent = (outpoint: Outpoint) => outputs.get(outpointKey(outpoint));
  return {
    async add(toIndex) {
      for (const block of toIndex) {
        if (blocks.has(block.hash)) continue;
        const bytes = block.bytes.slice();
        // The parent's hash follows the version in every header.
        const parent = blocks.get(toHashHex(bytes.subarray(4, 36) as Hash256))?.row;
        const facts = factsOf({ ...block, bytes }, parent, { wire, ownerOf: ownerKey, spent });
        blocks.set(block.hash, facts);
        for (const { tx, kind, outputs: made } of facts.transactions) {
          for (const [index, { value, scriptPubKey, owner, staker }] of made.entries()) {
            const fact = { value, scriptPubKey, time: tx.time, kind, owner, staker };
            outputs.set(outpointKey({ txid: tx.txid, index }), fact);
          }
        }
      }
    },
    begin: async (base) => chain.begin(base),
    async seed(coins) {
      const source = { ownerOf: ownerKey };
      chain.seed(coins.map((coin) => ({ ...coin, ...listedUnder(coin.scriptPubKey, source) })));
    },
    follow: async (hash) => chain.follow(hash),
    clear: async () => chain.clear(),
  };
}

type BlockReader = Pick<
  AddressIndex,
  "cursor" | "base" | "blockRow" | "blockRows" | "transactionPlace" | "outputs" | "spenders"
>;

function blockReader(chain: FactChain): BlockReader {
  return {
    async cursor() {
      const row = chain.rowAt(chain.height);
      return row === undefined ? undefined : pointOf(row);
    },
    async base() {
      const row = chain.base();
      return row === undefined ? undefined : pointOf(row);
    },
    async blockRow(id: Height | HashHex) {
      if (typeof id === "number") return chain.rowAt(id);
      const row = chain.blocks.get(id)?.row;
      return row !== undefined && chain.rowAt(row.height)?.hash === id ? row : undefined;
    },
    async blockRows(heightMax, limit) {
      const top = Math.min(heightMax, chain.height);
      const heights = Array.from({ length: limit }, (_, below) => top - below);
      return heights.flatMap((height) => chain.rowAt(height) ?? []);
    },
    async transactionPlace(txid) {
      for (const { row, facts } of chain.placed()) {
        if (toHashHex(facts.tx.txid) !== txid || chain.origins.has(txid)) continue;
        return { ...pointOf(row), position: facts.position, blockTime: row.time };
      }
      return undefined;
    },
    async outputs(outpoints) {
      return outpoints.map((outpoint) => {
        const found = chain.outputs.get(outpointKey(outpoint));
        if (found === undefined) return undefined;
        const { value, scriptPubKey, time, kind } = found;
        return { value, scriptPubKey: scriptPubKey.slice(), time, kind };
      });
    },
    async spenders(txid) {
      const found = new Map<number, Spender>();
      const spenders = chain.spenders();
      for (const [index] of chain.outputsOf(toHashHex(txid)).entries()) {
        const spender = spenders.get(outpointKey({ txid, index }));
        if (spender !== undefined) found.set(index, spender);
      }
      return found;
    },
  };
}

function ownerReader(chain: FactChain): Pick<AddressIndex, "totals" | "history" | "coins"> {
  return {
    async totals(script) {
      const none: OwnerSum = { transactions: 0, received: amount(0n), sent: amount(0n) };
      const kinds = { ordinary: none, coinbase: none, coinstake: none };
      for (const { kind, received, sent } of chain.entries(script)) {
        const sum = kinds[kind];
        kinds[kind] = {
          transactions: sum.transactions + 1,
          received: amount(sum.received + received),
          sent: amount(sum.sent + sent),
        };
      }
      const tip = chain.tip();
      return { at: pointOf(tip), kinds, coins: [...chain.coins(script, tip.height)].length };
    },
    async history(query) {
      const started = chain.start(query);
      if (!started.ok) return started;
      const { at, after } = started.value;
      const { kind, heightFrom = 0, heightTo = at.height } = query;
      const found = [...chain.entries(query.script, Math.min(at.height, heightTo))].filter(
        (entry) =>
          (kind === undefined || entry.kind === kind) &&
          entry.height >= heightFrom &&
          comesAfter({ ...entry, index: 0 }, after),
      );
      const page = pageOf(found, query, pointOf(at), (entry) => ({ ...entry, index: 0 }));
      return { ok: true, value: page };
    },
    async coins(query) {
      const started = chain.start(query);
      if (!started.ok) return started;
      const { at, after } = started.value;
      const coins = [...chain.coins(query.script, at.height)];
      const found = coins.filter((coin) => comesAfter(coin, after));
      const page = pageOf(found, query, pointOf(at), (coin) => coin);
      const items = page.items.map(({ position: _, ...coin }) => coin);
      return { ok: true, value: { ...page, items } };
    },
  };
}

function richList(chain: FactChain): RichList {
  return {
    async richest(limit) {
      const top = new TopHolders(limit);
      if (chain.height < 0) return undefined;
      const tip = chain.tip();
      const owned = Map.groupBy(chain.unspent(), ({ output }) => output.owner);
      for (const [owner, held] of owned) {
        const script = fromHex(owner ?? "");
        if (script.length === 0 || script.length > SCRIPT_BYTES_MAX) continue;
        const balance = amount(held.reduce((sum, { output }) => sum + output.value, 0n));
        top.offer({ script, balance, coins: held.length }, sha256(script));
      }
      return { at: pointOf(tip), holders: top.holders() };
    },
  };
}

function pointOf({ height, hash }: BlockRow): IndexPoint {
  return { height, hash };
}
