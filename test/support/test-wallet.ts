import { decodeBlock } from "#shared/codec/decode-block.ts";
import { coinKind } from "#shared/consensus/coin-kind.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Signer, SignerState } from "#shared/ports/signer.ts";
import type { Wallet, WalletStakeCoin, Wallets } from "#shared/ports/wallets.ts";
import type { Height } from "#shared/primitives/brand.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import { refusal } from "#shared/primitives/refusal.ts";
import { coldStakingOf } from "#shared/script/classify-script.ts";
import { ownerScript } from "#shared/script/owner-script.ts";
import { openKeyRing } from "#shared/wallet/key-ring.ts";
import { signStake } from "#shared/wallet/sign-stake.ts";
import type { Signer as TestKey } from "./block-builder.ts";

/** The part of the wallets that a staker asks for. */
export type StakingWallets = Pick<Wallets, "loaded" | "choose" | "stakeCoins" | "signer">;

/** A wallet of one key in memory that notes every output ever paid to it, on whichever branch. */
export interface TestWallet {
  readonly wallets: StakingWallets;
  /** What the signer says of itself. */
  state: SignerState;
  isLoaded: boolean;
  /** What the signer fails with, while it does. */
  fault: Error | undefined;
  /** Note what a block pays to the key. */
  note(block: Uint8Array, height: Height): void;
}

const PASSWORD = "right";

/** @param key whose coins these are; a cold-staking coin where it is the hot key */
export function createTestWallet(key: TestKey, network: Network): TestWallet {
  const { consensus } = network;
  const { secret, publicKey } = key;
  const secrets = { kind: "keys", keys: [{ secret, compressed: true }] } as const;
  const ring = openKeyRing(secrets, "keys", network.kind);
  if (ring === undefined) throw new RangeError("a key opens");
  const coins = new Map<string, WalletStakeCoin>();
  const notMade = () => Promise.reject(new RangeError("a staker does not ask for this"));

  const signer: Signer = {
    status: () => ({ state: wallet.state }),
    async unlock(password, { stakingOnly }) {
      if (password !== PASSWORD) return refusal("EXOS-E5002", "The password is wrong.");
      wallet.state = stakingOnly ? "staking-only" : "unlocked";
      return { ok: true, value: undefined };
    },
    async lock() {
      wallet.state = "locked";
    },
    accountKey: notMade,
    signTransaction: notMade,
    async signStake(request) {
      if (wallet.fault !== undefined) throw wallet.fault;
      if (wallet.state === "locked") return refusal("EXOS-E5001", "The wallet is locked.");
      return signStake(request, ring, consensus);
    },
  };
  const { unlock, lock } = signer;
  // A staker reads no more of a wallet than this.
  const loaded = { name: "test", signer, unlock, lock } as Wallet;

  const wallet: TestWallet = {
    state: "staking-only",
    isLoaded: true,
    fault: undefined,
    wallets: {
      loaded: () => (wallet.isLoaded ? [loaded] : []),
      choose: () =>
        wallet.isLoaded ? { ok: true, value: loaded } : refusal("EXOS-E5004", "No such wallet."),
      stakeCoins: async () =>
        wallet.isLoaded && wallet.state !== "locked" ? [...coins.values()] : [],
      signer: () => (wallet.isLoaded ? signer : undefined),
    },
    note(bytes, height) {
      const decoded = decodeBlock(bytes, consensus.wire);
      if (!decoded.ok) throw decoded.error;
      for (const tx of decoded.value.transactions) {
        for (const [index, { value, scriptPubKey }] of tx.outputs.entries()) {
          const branch = branchOf(scriptPubKey, key);
          if (branch === undefined) continue;
          const outpoint = { txid: tx.txid, index };
          const kind = coinKind(tx, consensus);
          const coin = { value, scriptPubKey, time: tx.time, height, kind };
          const where = { wallet: "test", key: { kind: "imported", index: 0 } } as const;
          coins.set(outpointKey(outpoint), { outpoint, coin, branch, publicKey, ...where });
        }
      }
    },
  };
  return wallet;
}

function branchOf(script: Uint8Array, { payToHash }: TestKey): "plain" | "hot" | undefined {
  const hot = coldStakingOf(script)?.hotKeyHash;
  if (hot !== undefined) return hot.join() === payToHash.subarray(3, 23).join() ? "hot" : undefined;
  return ownerScript(script).join() === payToHash.join() ? "plain" : undefined;
}
