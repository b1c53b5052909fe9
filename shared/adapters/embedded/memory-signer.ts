import type { Network } from "#shared/consensus/params.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Signer } from "#shared/ports/signer.ts";
import { refusal } from "#shared/primitives/refusal.ts";
import { type KeyRing, openKeyRing } from "#shared/wallet/key-ring.ts";
import type { SchemeId } from "#shared/wallet/scheme.ts";
import { createSigningDesk } from "#shared/wallet/signing-desk.ts";
import type { WalletSecret } from "#shared/wallet/wallet-secret.ts";
import { checkUnlockSeconds, createUnlockTimer } from "./unlock-timer.ts";

/** Keys that everybody may know, and the password that is asked for all the same. */
export interface MemorySignerOptions {
  readonly secret: WalletSecret;
  readonly scheme: SchemeId | "keys";
  readonly password: string;
  readonly network: Pick<Network, "kind" | "consensus">;
  readonly clock: Clock;
}

/**
 * A signer in the calling thread, over keys that are no secret: published words of development
 * networks, keys of tests. It protects nothing.
 *
 * @returns locked
 */
export function createMemorySigner(options: MemorySignerOptions): Signer & AsyncDisposable {
  const { network, clock, secret, scheme } = options;
  const desk = createSigningDesk(network.consensus);
  let state: ReturnType<Signer["status"]>["state"] = "locked";
  const close = () => {
    timer.stop();
    desk.close();
    state = "locked";
  };
  const timer = createUnlockTimer(clock, close);
  /** Locks in time even where nobody let the clock's sleepers run. */
  const settle = () => {
    if (timer.isOver) close();
  };

  return {
    status() {
      settle();
      return { state };
    },
    async unlock(password, { stakingOnly, seconds }) {
      const wrong = checkUnlockSeconds(seconds);
      if (wrong !== undefined) return { ok: false, error: wrong };
      if (password !== options.password) return refusal("EXOS-E5002", "The password is wrong.");
      desk.open(ringOf(secret, scheme, network), { stakingOnly });
      state = stakingOnly ? "staking-only" : "unlocked";
      timer.set(seconds);
      return { ok: true, value: undefined };
    },
    async lock() {
      close();
    },
    async accountKey(account) {
      settle();
      return desk.accountKey(account);
    },
    async signTransaction(request) {
      settle();
      return desk.signTransaction(request);
    },
    async signStake(request) {
      settle();
      return desk.signStake(request);
    },
    async [Symbol.asyncDispose]() {
      close();
    },
  };
}

function ringOf(
  secret: WalletSecret,
  scheme: SchemeId | "keys",
  { kind }: Pick<Network, "kind">,
): KeyRing {
  const ring = openKeyRing(secret, scheme, kind);
  if (ring === undefined) throw new RangeError(`no keys of the scheme ${scheme}`);
  return ring;
}
