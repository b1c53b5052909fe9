import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { SigningRequest, StakeRequest } from "#shared/wallet/signing.ts";

/** What a signer would sign now. */
export type SignerState = "locked" | "staking-only" | "unlocked";

/** How long and how far a wallet is opened. */
export interface UnlockOptions {
  /** Sign blocks alone; payments stay refused. */
  readonly stakingOnly: boolean;
  /** 1 to 1,073,741,824; `undefined`: until it is locked. */
  readonly seconds: number | undefined;
}

/** Longest time a wallet may be opened for. @source exos-l1.md 9.4 */
export const UNLOCK_SECONDS_MAX = 1_073_741_824;

/**
 * Who signs with the keys of one wallet. Keys stay where they are: requests are public data, and so
 * are answers. What is signed is checked first, so that a caller gone wrong can neither overpay nor
 * pay a stake elsewhere; a signature that does not verify is never handed out.
 *
 * Implementations: `adapters/embedded/{keystore,memory}-signer.ts`. Suite:
 * `test/ports/signer.contract.ts`.
 */
export interface Signer {
  /** As it stands now; a time that has run out counts as locked. */
  status(): { readonly state: SignerState };

  /**
   * Open the keys, in place of however they were open before. A wrong password leaves that as it was.
   * @returns refusals E5002, and E5020 for a time out of range
   */
  unlock(password: string, options: UnlockOptions): Promise<Result<undefined, Refusal>>;

  /** Forget the keys: their bytes are zeroed before this resolves. */
  lock(): Promise<void>;

  /**
   * The extended public key of an account, from which its addresses follow.
   * @returns refusals E5001, and E5017 where the wallet derives no such account
   */
  accountKey(account: number): Promise<Result<string, Refusal>>;

  /**
   * Sign every input. P2PKH, P2PK and the cold branch of cold staking are understood.
   * @returns the signed transaction; refusals E5001, E5003, E5015, E5016, E5017
   * @throws StoreFault when whatever holds the keys failed
   */
  signTransaction(request: SigningRequest): Promise<Result<Uint8Array, Refusal>>;

  /**
   * Sign the coinstake, put its root into the header, and sign the block. A staking key signs
   * nothing but a block that gives kernel, reward and fees back to the script they come from.
   * @returns the whole block; refusals E5001, E5016, E5017
   * @throws StoreFault when whatever holds the keys failed
   * @source exos-l1.md 8.2; cloud.md 9.2
   */
  signStake(request: StakeRequest): Promise<Result<Uint8Array, Refusal>>;
}
