import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenWallet, openWallet } from "#services/wallet/open-wallet.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { openSqliteWalletStores } from "#shared/adapters/embedded/sqlite-wallet-store.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";
import {
  filledPool,
  indexRecorded,
  type RecordedWallet,
  recordedBlocks,
  recordedTransactions,
  watchedKeystore,
} from "../../support/recorded-wallet.ts";
import { loadVectors } from "../../support/vectors.ts";

interface ReferenceRow {
  readonly type: "send" | "received" | "staked";
  readonly id: HashHex;
  readonly amount: number;
  readonly fee?: number;
  readonly confirmedInBlock?: number;
}

interface ReferenceAnswers {
  readonly balances?: readonly {
    readonly amountConfirmed: number;
    readonly amountUnconfirmed: number;
    readonly spendableAmount: number;
  }[];
  readonly history?: readonly { readonly transactionsHistory: readonly ReferenceRow[] }[];
}

interface ApiFile {
  readonly cases: readonly {
    readonly id: string;
    readonly response: { readonly json?: ReferenceAnswers };
  }[];
}

const HEIGHT = 532;
const STRANGER = "XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh";
const recorded = loadVectors<RecordedWallet>("exos-regtest/walletA.json");
const api = loadVectors<ApiFile>("exos-regtest/api.json");
const isThere = recorded !== undefined && api !== undefined && recordedBlocks() !== undefined;

const answerOf = (id: string): ReferenceAnswers =>
  api?.cases.find((each) => each.id === id)?.response.json ?? {};

describe.skipIf(!isThere)("the recorded wallet", () => {
  let pool: readonly HashedTransaction[] = [];
  let chain: Awaited<ReturnType<typeof indexRecorded>>;
  let wallet: OpenWallet;
  const stores = openSqliteWalletStores(":memory:");

  const deps = () => ({
    network: exosRegtest,
    ...{ index: chain.index, blocks: chain.blocks, coins: chain.coins },
    pool: filledPool(() => pool),
    stores,
    clock: createSystemClock(),
    entropy: createSeededEntropy("recorded"),
    gap: 20,
  });

  beforeAll(async () => {
    chain = await indexRecorded(HEIGHT + 8);
    await chain.goTo(HEIGHT);
    wallet = await openWallet(await watchedKeystore(recorded, stores), deps());
  });

  afterAll(async () => {
    await chain[Symbol.asyncDispose]();
    await stores[Symbol.asyncDispose]();
  });

  /** Payments of the block above wait in the pool, as when the reference was asked. */
  async function atRecordedMoment(): Promise<void> {
    await chain.goTo(HEIGHT);
    pool = recordedTransactions(HEIGHT + 1);
  }

  it("holds what the reference's accounts held, pool and all", async () => {
    await atRecordedMoment();
    const { confirmed, change, pending, immature, delegated } = await wallet.balance();
    const [own] =
      answerOf("rest:Wallet/balance?WalletName=walletA&AccountName=account+0").balances ?? [];
    // The file's numbers went through a double.
    expect(Number(confirmed + immature)).toBe(own?.amountConfirmed);
    expect(Number(change)).toBe(own?.amountUnconfirmed);
    expect(Number(confirmed + change)).toBe(own?.spendableAmount);
    expect(pending).toBe(0n);
    const hot = "rest:Wallet/balance?WalletName=walletA&AccountName=coldStakingHotAddresses";
    expect(Number(delegated)).toBe(answerOf(hot).balances?.[0]?.amountConfirmed);
  });

  it("holds the chain's coins alone where the pool is empty", async () => {
    await chain.goTo(HEIGHT);
    pool = [];
    const { confirmed, change, immature, delegated } = await wallet.balance();
    expect(confirmed + immature).toBe(23_340_083_145_902_441n);
    expect(delegated).toBe(2_519_802_499_275_000n);
    expect(change).toBe(0n);
  });

  it("tells the history that the reference told", async () => {
    await atRecordedMoment();
    const id = "rest:Wallet/history?WalletName=walletA&AccountName=account+0&Take=60";
    const rows = answerOf(id).history?.[0]?.transactionsHistory ?? [];
    expect(rows).toHaveLength(60);
    for (const row of rows) {
      const found = await wallet.transaction(row.id);
      // A payment to oneself counts there as received; here it is both, and nothing in sum.
      const entries = found?.entries.filter(({ value }) => value < 0n === (row.type === "send"));
      const moved = entries?.reduce((sum, { value }) => sum + value, 0n) ?? 0n;
      expect(Math.abs(Number(moved)), row.id).toBe(row.amount);
      expect(found?.place?.height, row.id).toBe(row.confirmedInBlock);
      expect(found?.kind === "coinstake", row.id).toBe(row.type === "staked");
      if (row.type === "send") expect(Number(found?.fee), row.id).toBe(row.fee);
    }
    const ids = new Set(rows.map((row) => row.id));
    const ours = await wallet.history({ count: ids.size, skip: 0 });
    expect(new Set(ours.map(({ txid }) => txid))).toEqual(ids);
  });

  it("pages its history without a gap or a repetition", async () => {
    await atRecordedMoment();
    const all = await wallet.history({ count: 50, skip: 0 });
    const pages = [
      ...(await wallet.history({ count: 7, skip: 0 })),
      ...(await wallet.history({ count: 43, skip: 7 })),
    ];
    expect(pages.map(({ txid }) => txid)).toEqual(all.map(({ txid }) => txid));
  });

  it("follows a block, and a reorganisation back, to what a fresh look finds", async () => {
    await chain.goTo(HEIGHT);
    pool = [];
    const before = await wallet.balance();
    await chain.goTo(HEIGHT + 8);
    const above = await wallet.balance();
    expect(above.at.height).toBe(HEIGHT + 8);
    const fresh = await openWallet(await watchedKeystore(recorded, stores), deps());
    expect(await fresh.balance()).toEqual(above);
    await chain.goTo(HEIGHT);
    expect(await wallet.balance()).toEqual(before);
  });

  it("knows every address of the recorded wallet by its path", async () => {
    await chain.goTo(HEIGHT);
    const paths = new Map((await wallet.addresses()).map((each) => [each.address, each]));
    const early = recorded?.used.filter(({ firstHeight }) => firstHeight <= HEIGHT) ?? [];
    expect(early.length).toBeGreaterThan(300);
    for (const { address, hdPath } of early) {
      expect(paths.get(address)).toMatchObject({ path: hdPath, used: true });
    }
  });

  it("knows no address of strangers", async () => {
    const stranger = parseAddress(STRANGER, exosRegtest.addresses);
    const script = stranger === undefined ? new Uint8Array(0) : scriptOfAddress(stranger);
    expect(await wallet.addressOf(script)).toBeUndefined();
    expect(await wallet.transaction("22".repeat(32) as HashHex)).toBeUndefined();
  });

  it("offers its own coins and those handed to its hot key for staking", async () => {
    await chain.goTo(HEIGHT);
    pool = [];
    const coins = await wallet.stakeCoins();
    const hot = coins.filter(({ branch }) => branch === "hot");
    expect(hot.reduce((sum, { coin }) => sum + coin.value, 0n)).toBe(2_519_802_499_275_000n);
    expect(hot.every(({ key }) => key.kind === "derived" && key.account === 100_000_001)).toBe(
      true,
    );
    const own = coins.filter(({ branch }) => branch === "plain");
    expect(own.reduce((sum, { coin }) => sum + coin.value, 0n)).toBe(23_340_083_145_902_441n);
    const [first] = own;
    await wallet.setLocked(first === undefined ? [] : [first.outpoint], true);
    expect(await wallet.stakeCoins()).toHaveLength(coins.length - 1);
    await wallet.setLocked(wallet.lockedCoins(), false);
  });
});
