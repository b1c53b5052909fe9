import { afterAll, describe, expect, it } from "vitest";
import { composeEmbedded } from "#services/index/compose-embedded.ts";
import { followTip } from "#services/index/core.ts";
import { createMemoryBlockStore } from "#shared/adapters/embedded/memory-block-store.ts";
import type { SqliteAddressIndex } from "#shared/adapters/embedded/sqlite-address-index.ts";
import { decodeHeader, hashHeader } from "#shared/codec/header.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import type { Network } from "#shared/consensus/params.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";
import type { TreeBlock } from "../../support/block-tree.ts";
import { loadChain } from "../../support/chain-file.ts";
import { createTreeChain } from "../../support/tree-chain.ts";
import { loadVectors } from "../../support/vectors.ts";

/** The blocks of a file as a chain, genesis put before them unless the file begins with it. */
function chainTip(raw: readonly Uint8Array[], { consensus }: Network): TreeBlock {
  const { genesis, wire } = consensus;
  let tip: TreeBlock | undefined;
  const add = (bytes: Uint8Array) => {
    const header = decodeHeader(bytes);
    if (!header.ok) throw header.error;
    const hash = toHashHex(hashHeader(header.value, wire));
    const above = tip === undefined ? 0 : tip.height + 1;
    tip = { height: height(above), hash, bytes, prev: tip, transactions: [], coins: [] };
  };
  const first = raw[0]?.subarray(4, 36) ?? zeroHash();
  if (first.some((byte) => byte !== 0)) add(genesis.raw);
  for (const bytes of raw) add(bytes);
  if (tip === undefined) throw new RangeError("a chain without blocks");
  return tip;
}

const opened = new Map<string, SqliteAddressIndex>();

afterAll(async () => {
  for (const index of opened.values()) await index[Symbol.asyncDispose]();
});

/** The index at a tip, built once for all tests. */
async function indexed(tip: TreeBlock, network: Network): Promise<SqliteAddressIndex> {
  const known = opened.get(tip.hash);
  if (known !== undefined) return known;
  const blocks = createMemoryBlockStore();
  const coins = createTreeChain(500);
  for (let at: TreeBlock | undefined = tip; at !== undefined; at = at.prev) {
    await blocks.put(at.hash, at.bytes);
  }
  coins.setTip(tip);
  const options = { path: ":memory:", wire: network.consensus.wire };
  const { deps, index } = await composeEmbedded({ coins, blocks }, options);
  opened.set(tip.hash, index);
  await followTip(deps);
  return index;
}

/** @source networks.md, totals; exos-regtest/README.md, transactions */
const CHAINS = [
  {
    file: "exos-regtest/chain.dat",
    network: exosRegtest,
    row: {
      height: 3_121,
      coinsSum: 6_124,
      supply: 30_003_379_892_962_965n,
      transactionsSum: 5_804,
    },
  },
  {
    file: "exos-regtest/odd-chain.dat",
    network: exosRegtest,
    row: { height: 609, coinsSum: 1_871, supply: 30_000_447_992_022_962n },
  },
  {
    file: "stratis/blk0001.dat",
    network: stratis,
    row: { height: 1_999, coinsSum: 2_202, supply: 9_800_669_885_950_000n },
  },
];

describe.each(CHAINS)("the index of $file", ({ file, network, row }) => {
  const raw = loadChain(file, 4);
  it.skipIf(raw === undefined)("counts coins and supply as its table says", async () => {
    const tip = chainTip(raw ?? [], network);
    const index = await indexed(tip, network);
    expect(await index.blockRow(tip.height)).toMatchObject({ ...row, hash: tip.hash });
  });
});

interface Wallet {
  readonly used: readonly {
    readonly address: string;
    readonly hdPath: string;
    readonly firstHeight: number;
  }[];
}

describe("the index of the recorded wallet", () => {
  const raw = loadChain("exos-regtest/chain.dat", 4);
  const wallet = loadVectors<Wallet>("exos-regtest/walletA.json");
  it.skipIf(raw === undefined || wallet === undefined)(
    "knows at which height each of its addresses was first paid",
    async () => {
      const index = await indexed(chainTip(raw ?? [], exosRegtest), exosRegtest);
      // The hot key of a cold stake is paid nothing that it could spend.
      const own = wallet?.used.filter(({ hdPath }) => hdPath.startsWith("m/44'/105'/0'")) ?? [];
      expect(own.length).toBeGreaterThan(500);
      const format = { ...exosRegtest.addresses };
      const check = async ({ address, firstHeight }: Wallet["used"][number]) => {
        const parsed = parseAddress(address, format);
        const script = parsed === undefined ? zeroHash() : scriptOfAddress(parsed);
        const first = { script, limit: 1, heightTo: firstHeight };
        const found = await index.history(first);
        const before = await index.history({ ...first, heightTo: firstHeight - 1 });
        expect(found.ok && found.value.items[0]?.height, address).toBe(firstHeight);
        expect(before.ok && before.value.items, address).toEqual([]);
      };
      await Promise.all(own.map(check));
    },
  );
});
