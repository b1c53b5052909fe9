import type { Clock } from "#shared/ports/clock.ts";
import type { Signer, SignerState, UnlockOptions } from "#shared/ports/signer.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { KeystoreCall, KeystoreCalls, KeystoreNetwork } from "./keystore-messages.ts";
import type { KeystoreThread, StartKeystoreThread } from "./keystore-thread.ts";
import { checkUnlockSeconds, createUnlockTimer } from "./unlock-timer.ts";

/** A keystore that is read anew at every unlock, and what its thread needs to know. */
export interface KeystoreSignerOptions {
  readonly network: KeystoreNetwork;
  readonly clock: Clock;
  readonly start: StartKeystoreThread;
  read(): Promise<Result<string, Refusal>>;
}

/**
 * A signer whose keys lie in a thread of their own, and only while it is open: locking zeroes them
 * and ends the thread.
 *
 * @returns locked
 */
export function createKeystoreSigner({
  network,
  clock,
  start,
  read,
}: KeystoreSignerOptions): Signer & AsyncDisposable {
  let thread: KeystoreThread | undefined;
  let state: SignerState = "locked";
  /** One unlock after the other: each answers for what it found. */
  let turn: Promise<unknown> = Promise.resolve();

  const lock = async () => {
    timer.stop();
    const ending = thread;
    thread = undefined;
    state = "locked";
    if (ending === undefined) return;
    try {
      await ending.ask("lock", {});
    } finally {
      await ending[Symbol.asyncDispose]();
    }
  };
  const timer = createUnlockTimer(clock, lock);
  const ask = async <Kind extends KeystoreCall>(
    kind: Kind,
    asked: KeystoreCalls[Kind]["ask"],
  ): Promise<Result<KeystoreCalls[Kind]["answer"], Refusal>> => {
    if (timer.isOver) await lock();
    return thread === undefined
      ? refusal("EXOS-E5001", "The wallet is locked.")
      : thread.ask(kind, asked);
  };
  const open = async (password: string, { stakingOnly, seconds }: UnlockOptions) => {
    if (timer.isOver) await lock();
    const file = await read();
    if (!file.ok) return file;
    const own = thread ?? start(network, () => forget(own));
    thread = own;
    const opened = await own.ask("unlock", { file: file.value, password, stakingOnly });
    // Somebody locked it meanwhile: that is what was asked last.
    if (thread !== own) return refusal("EXOS-E5001", "The wallet was locked meanwhile.");
    if (!opened.ok && state === "locked") await lock();
    if (!opened.ok) return opened;
    state = stakingOnly ? "staking-only" : "unlocked";
    timer.set(seconds);
    return opened;
  };
  const forget = (dead: KeystoreThread) => {
    if (thread !== dead) return;
    thread = undefined;
    timer.stop();
    state = "locked";
  };

  return {
    status: () => ({ state: timer.isOver ? "locked" : state }),
    unlock(password, options) {
      const wrong = checkUnlockSeconds(options.seconds);
      if (wrong !== undefined) return Promise.resolve({ ok: false, error: wrong });
      const opened = turn.then(() => open(password, options));
      turn = opened.catch(() => {
        // Whoever asked for it is told; the next may try.
      });
      return opened;
    },
    lock,
    accountKey: (account) => ask("accountKey", { account }),
    signTransaction: (request) => ask("signTransaction", { request }),
    signStake: (request) => ask("signStake", { request }),
    [Symbol.asyncDispose]: lock,
  };
}
