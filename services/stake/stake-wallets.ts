import type { Signer } from "#shared/ports/signer.ts";
import type { Wallet, WalletStakeCoin } from "#shared/ports/wallets.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";

/** What a staker asks of wallets: those of a node, or the one key of a city. */
export interface StakeWallets {
  loaded(): readonly { readonly name: string; readonly signer: Pick<Signer, "status"> }[];
  /** @returns E5004 or E5022, as `Wallets.choose` */
  choose(name: string | undefined): Result<Pick<Wallet, "unlock">, Refusal>;
  /** Of every wallet whose keys are open for staking. */
  stakeCoins(): Promise<readonly WalletStakeCoin[]>;
  /** @returns `undefined` for a wallet that is not loaded */
  signer(wallet: string): Pick<Signer, "signStake"> | undefined;
}
