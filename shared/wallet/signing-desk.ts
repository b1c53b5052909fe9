import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { StakeSigningParams } from "#shared/wallet/check-stake-template.ts";
import type { KeyRing } from "#shared/wallet/key-ring.ts";
import { signStake } from "#shared/wallet/sign-stake.ts";
import { signTransaction } from "#shared/wallet/sign-transaction.ts";
import type { SigningRequest, StakeRequest } from "#shared/wallet/signing.ts";

/** Where the keys of one wallet lie while it is open, and the rule of what they may sign. */
export interface SigningDesk {
  /** Lay keys out, in place of those that lie there. */
  open(keys: KeyRing, limits: { readonly stakingOnly: boolean }): void;
  /** Zero the keys and put them away. */
  close(): void;
  /** @returns refusals E5001, and E5017 where the wallet derives no such account */
  accountKey(account: number): Result<string, Refusal>;
  /** @returns refusals E5001 and E5003, and those of the signing */
  signTransaction(request: SigningRequest): Result<Uint8Array, Refusal>;
  /** @returns refusals E5001, and those of the signing */
  signStake(request: StakeRequest): Result<Uint8Array, Refusal>;
}

/** A desk without keys. It stands in the thread that signs, and knows no time. */
export function createSigningDesk(params: StakeSigningParams): SigningDesk {
  let laid: { readonly keys: KeyRing; readonly stakingOnly: boolean } | undefined;
  const locked = () => refusal("EXOS-E5001", "The wallet is locked.");
  return {
    open(keys, { stakingOnly }) {
      laid?.keys.wipe();
      laid = { keys, stakingOnly };
    },
    close() {
      laid?.keys.wipe();
      laid = undefined;
    },
    accountKey(account) {
      if (laid === undefined) return locked();
      const key = laid.keys.accountKey(account);
      const message = `The wallet derives no account ${account}.`;
      return key === undefined
        ? refusal("EXOS-E5017", message, { account })
        : { ok: true, value: key };
    },
    signTransaction(request) {
      if (laid === undefined) return locked();
      if (laid.stakingOnly) return refusal("EXOS-E5003", "The wallet is open for staking only.");
      return signTransaction(request, laid.keys, params);
    },
    signStake(request) {
      return laid === undefined ? locked() : signStake(request, laid.keys, params);
    },
  };
}
