import { composeEmbedded } from "#services/index/compose-embedded.ts";
import { followTip } from "#services/index/core.ts";
import type { OpenedKeystore } from "#services/wallet/open-wallet.ts";
import { createMemoryBlockStore } from "#shared/adapters/embedded/memory-block-store.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { decodeHeader, hashHeader } from "#shared/codec/header.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Mempool, PoolEntry } from "#shared/ports/mempool.ts";
import type { WalletStores } from "#shared/ports/wallet-store.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import { refusal } from "#shared/primitives/refusal.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import type { TreeBlock } from "./block-tree.ts";
import { loadChain } from "./chain-file.ts";
import { createTreeChain } from "./tree-chain.ts";

/** The recorded wallet of the vectors. @source exos-regtest/README.md */
export interface RecordedWallet {
  readonly mnemonic: string;
  readonly password: string;
  readonly accounts: readonly { readonly index: number; readonly extPubKey: string }[];
  readonly used: readonly {
    readonly address: string;
    readonly hdPath: string;
    readonly outputs: number;
    readonly firstHeight: number;
  }[];
}

/** Blocks of `chain.dat` above genesis, by height less one; `undefined` where it is absent. */
export const recordedBlocks = () => loadChain("exos-regtest/chain.dat", 4);

/** The index of the recorded chain, which can go up and down. */
export async function indexRecorded(blocksMax: number) {
  const { wire, genesis } = exosRegtest.consensus;
  const blocks = createMemoryBlockStore();
  const coins = createTreeChain(500);
  const tips: TreeBlock[] = [];
  for (const bytes of [genesis.raw, ...(recordedBlocks() ?? []).slice(0, blocksMax)]) {
    const header = decodeHeader(bytes);
    if (!header.ok) throw header.error;
    const hash = toHashHex(hashHeader(header.value, wire));
    const at = height(tips.length);
    tips.push({ height: at, hash, bytes, prev: tips.at(-1), transactions: [], coins: [] });
    await blocks.put(hash, bytes);
  }
  const indexing = await composeEmbedded({ coins, blocks }, { path: ":memory:", wire });
  return {
    index: indexing.index,
    blocks,
    coins,
    async goTo(at: number): Promise<void> {
      const tip = tips[at];
      if (tip === undefined) throw new RangeError(`no block ${at}`);
      coins.setTip(tip);
      await followTip(indexing.deps);
    },
    [Symbol.asyncDispose]: () => indexing[Symbol.asyncDispose](),
  };
}

/** The recorded wallet without its secrets: account keys, and a signer that stays locked. */
export async function watchedKeystore(
  wallet: RecordedWallet | undefined,
  stores: WalletStores,
): Promise<OpenedKeystore> {
  const [account, hot] = wallet?.accounts ?? [];
  await stores.of("recorded").addAccountKey(hot?.index ?? 0, hot?.extPubKey ?? "");
  const card = {
    name: "walletA",
    id: "recorded",
    createdAt: unixSeconds(0),
    network: "exos-regtest",
    scheme: "exos-105" as const,
    fingerprint: "",
    accountKey: account?.extPubKey,
  };
  return { card, signer: lockedSigner(), importedKeys: async () => refuseLocked() };
}

const refuseLocked = () => refusal("EXOS-E5001", "It is locked.");

function lockedSigner(): OpenedKeystore["signer"] {
  return {
    status: () => ({ state: "locked" }),
    unlock: async () => refuseLocked(),
    lock: async () => undefined,
    accountKey: async () => refuseLocked(),
    signTransaction: async () => refuseLocked(),
    signStake: async () => refuseLocked(),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Ordinary transactions of one recorded block. */
export function recordedTransactions(at: number): readonly HashedTransaction[] {
  const decoded = decodeBlock(recordedBlocks()?.[at - 1] ?? new Uint8Array(0), {
    ...exosRegtest.consensus.wire,
  });
  return decoded.ok ? decoded.value.transactions.slice(1) : [];
}

/** A pool that holds what it is given and judges nothing. */
export function filledPool(
  transactions: () => readonly HashedTransaction[],
): Pick<Mempool, "accept" | "get" | "ids" | "spenderOf"> {
  const entries = () =>
    new Map(transactions().map((tx) => [toHashHex(tx.txid), entryOf(tx)] as const));
  return {
    ids: async () => [...entries().keys()],
    get: async (txid) => entries().get(txid),
    async spenderOf(outpoint) {
      const key = outpointKey(outpoint);
      const spender = transactions().find((tx) =>
        tx.inputs.some(({ prevout }) => outpointKey(prevout) === key),
      );
      return spender === undefined ? undefined : toHashHex(spender.txid);
    },
    accept: async () => ({ state: "undecodable", reason: "this pool takes nothing" }),
  };
}

function entryOf(tx: HashedTransaction): PoolEntry {
  const size = tx.sizeTotal;
  const alone = { ancestorCount: 1, ancestorSize: size, ancestorFees: amount(0n) };
  return {
    tx,
    txid: toHashHex(tx.txid),
    fee: amount(0n),
    size,
    sigopCost: 0,
    time: unixSeconds(tx.time),
    height: 532,
    parents: [],
    children: [],
    unbroadcast: false,
    ...alone,
    ...{ descendantCount: 1, descendantSize: size, descendantFees: amount(0n) },
    replaceable: false,
  };
}
