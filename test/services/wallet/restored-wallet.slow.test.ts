import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWallets } from "#services/wallet/core.ts";
import { openKeystoreFolder } from "#shared/adapters/embedded/keystore-folder.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { openSqliteWalletStores } from "#shared/adapters/embedded/sqlite-wallet-store.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { KeySource } from "#shared/ports/keystores.ts";
import type { Wallet, Wallets } from "#shared/ports/wallets.ts";
import { amount } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";
import {
  filledPool,
  indexRecorded,
  type RecordedWallet,
  recordedBlocks,
  recordedTransactions,
} from "../../support/recorded-wallet.ts";
import { sharedThread } from "../../support/shared-thread.ts";
import { temporaryFolder } from "../../support/test-node.ts";
import { loadVectors, vectorsPath } from "../../support/vectors.ts";

const TIP = 3_121;
/** Where the reference was asked to pay, and what was in its pool at the first payment. */
const HEIGHT = 532;
const WAITING = "e92b1d732123ab45003b8522ebceb476b220e6238a341e89a8a8fd3d3ca4e7f8";
const FIRST_PAYMENT = "5aaad6c5d9359854b58d2251bb08e06b5fde2c7b731af9fbf213693bf0ed5df7";
const RECIPIENT = "XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh";
/** As little work as a file may ask for. */
const CHEAP = { name: "argon2id", m: 8, t: 1, p: 1 } as const;

const recorded = loadVectors<RecordedWallet>("exos-regtest/walletA.json");
const file = vectorsPath("exos-regtest/walletA.wallet.json");
const isThere = recorded !== undefined && file !== undefined && recordedBlocks() !== undefined;

const WORDS: KeySource = { kind: "text", text: recorded?.mnemonic ?? "" };
const FILE: KeySource = {
  kind: "text",
  text: file === undefined ? "" : readFileSync(file, "utf8"),
  password: recorded?.password ?? "",
};

describe.skipIf(!isThere)("the recorded wallet, restored", () => {
  const stack = new AsyncDisposableStack();
  let pool: readonly HashedTransaction[] = [];
  let chain: Awaited<ReturnType<typeof indexRecorded>>;
  let wallets: Wallets;

  beforeAll(async () => {
    const folder = stack.use(temporaryFolder());
    // Lines are not counted in a thread, which halves the time that keys take.
    const thread = sharedThread(exosRegtest);
    stack.defer(thread.stop);
    chain = stack.use(await indexRecorded(TIP));
    const stores = stack.use(openSqliteWalletStores(":memory:"));
    const [clock, log] = [createSystemClock(), createMemoryLog()];
    const keystores = openKeystoreFolder({
      ...{ folder: join(folder.path, "wallets"), network: exosRegtest, clock, log },
      ...{ cost: CHEAP, start: thread.start },
    });
    wallets = stack.use(
      createWallets({
        network: exosRegtest,
        ...{ index: chain.index, blocks: chain.blocks, coins: chain.coins },
        pool: filledPool(() => pool),
        ...{ keystores, stores, clock, log },
        entropy: createSeededEntropy("restored"),
        gap: 20,
      }),
    );
  });

  afterAll(() => stack.disposeAsync());

  async function restore(name: string, source: KeySource): Promise<Wallet> {
    const made = await wallets.create({ name, password: "p", source, scheme: "exos-105" });
    if (!made.ok) throw new RangeError(made.error.message);
    return made.value;
  }

  it.each([
    ["words", WORDS],
    ["file", FILE],
  ])("has every address that was ever paid, from its %s", async (name, source) => {
    await chain.goTo(TIP);
    const wallet = await restore(name, source);
    const own = new Map((await wallet.addresses()).map((each) => [each.address, each]));
    for (const { address, hdPath } of recorded?.used ?? []) {
      expect(own.get(address), address).toMatchObject({ path: hdPath, used: true });
    }
    const used = [...own.values()].filter((each) => each.used);
    expect(used).toHaveLength(recorded?.used.length ?? 0);
    expect(wallet.signer.status().state).toBe("locked");
  });

  it("is found by the one scheme that made it, before anything is written", async () => {
    await chain.goTo(TIP);
    const plan = await wallets.plan(WORDS);
    if (!plan.ok) throw new RangeError(plan.error.message);
    const found = plan.value.uses.filter(({ addressesUsed }) => addressesUsed > 0);
    // The hot account's one address is of another account.
    expect(found).toMatchObject([{ scheme: "exos-105", addressesUsed: 579 }]);
    const [words] = wallets.loaded();
    const { confirmed, immature } = (await words?.balance()) ?? {};
    expect(found[0]?.balance).toBe((confirmed ?? 0n) + (immature ?? 0n));
    expect(plan.value.uses.map(({ scheme }) => scheme)).toContain("exos-248");
  });

  it("pays as the reference paid: the same coin, outputs, fee and form", async () => {
    await chain.goTo(HEIGHT);
    const block = recordedTransactions(HEIGHT + 1);
    const theirs = block.find(({ txid }) => toHashHex(txid) === FIRST_PAYMENT);
    pool = block.filter(({ txid }) => toHashHex(txid) === WAITING);
    const to = parseAddress(RECIPIENT, exosRegtest.addresses);
    const scriptPubKey = to === undefined ? new Uint8Array(0) : scriptOfAddress(to);
    const [wallet] = wallets.loaded();
    const payments = [{ value: amount(150_000_000n), scriptPubKey }];
    const plan = await wallet?.fund({ payments, changePlace: 0 });
    if (wallet === undefined || plan?.ok !== true || theirs === undefined) {
      throw new RangeError("no plan");
    }
    const { transaction } = plan.value;
    expect(transaction.inputs.map(({ prevout }) => prevout)).toEqual(
      theirs.inputs.map(({ prevout }) => prevout),
    );
    const values = (tx: Pick<HashedTransaction, "outputs">) =>
      tx.outputs.map(({ value }) => value).toSorted((a, b) => Number(a - b));
    expect(values(transaction)).toEqual(values(theirs));
    expect(plan.value.fee).toBe(10_000n);
    for (const key of ["version", "lockTime"] as const) expect(transaction[key]).toBe(theirs[key]);
    expect(transaction.inputs[0]?.sequence).toBe(theirs.inputs[0]?.sequence);

    await wallet.unlock("p", { stakingOnly: false, seconds: 60 });
    const signed = await wallet.signer.signTransaction(plan.value.signing);
    const raw = signed.ok ? signed.value : new Uint8Array(0);
    const ours = decodeTransaction(raw, exosRegtest.consensus.wire);
    if (!ours.ok) throw ours.error;
    // A signature is a byte shorter now and then.
    expect(Math.abs(ours.value.sizeTotal - theirs.sizeTotal)).toBeLessThanOrEqual(1);
    await wallet.lock();
  });
});
