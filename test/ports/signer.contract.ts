import { expect, it } from "vitest";
import type { ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import type { Signer, UnlockOptions } from "#shared/ports/signer.ts";
import { UNLOCK_SECONDS_MAX } from "#shared/ports/signer.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { payToKeyHash } from "#shared/script/pay-to.ts";
import { openAccount } from "#shared/wallet/extended-key.ts";
import type { KeyPath } from "#shared/wallet/key-path.ts";
import type { SigningRequest, StakeRequest } from "#shared/wallet/signing.ts";
import { madeUpOutpoint, output } from "../support/block-builder.ts";
import { OTHER } from "../support/rich-chain.ts";
import { stakeRequest } from "../support/stake-request.ts";

/** A signer of `KNOWN_WORDS` by `exos-105` on regtest, locked. */
export interface OpenedSigner {
  readonly signer: Signer & AsyncDisposable;
  /** Opens it. */
  readonly password: string;
  readonly clock: ManualClock;
}

const KEY: KeyPath = { kind: "derived", account: 0, branch: "external", index: 0 };
const ACCOUNT_KEY =
  "tpubDDQeMxFfortrQsRWaFLo9ZPc9AMY5sGC64FJXJxnaxhqiBUjwQkRiaMeRG3wH1sUM7wSab84EUzZkVDUALEe7j5RBiYwijBzHp2HhMU1Pq5";
const FOREVER: UnlockOptions = { stakingOnly: false, seconds: undefined };
const STAKING: UnlockOptions = { stakingOnly: true, seconds: undefined };
const { consensus } = exosRegtest;

/** The key that the words give first. */
const publicKey =
  openAccount(ACCOUNT_KEY, "regtest")?.publicKey("external", 0) ?? new Uint8Array(0);

function paymentOf(key: KeyPath = KEY): SigningRequest {
  const scriptPubKey = payToKeyHash(hash160(publicKey));
  const input = { prevout: madeUpOutpoint(1), scriptSig: new Uint8Array(0) };
  const tx = {
    version: 1,
    time: unixSeconds(1_600_000_000),
    inputs: [{ ...input, sequence: 0xffff_ffff, witness: [] }],
    outputs: [output(990_000n, OTHER.payToHash)],
    lockTime: 0,
  };
  return {
    raw: encodeTransaction(tx, consensus.wire, { witness: false }),
    inputs: [{ value: amount(1_000_000n), scriptPubKey, key }],
    feeMax: amount(10_000n),
  };
}

const stakeOf = (): StakeRequest => stakeRequest(publicKey, KEY);

/** What every signer promises. */
export function signerContract(open: () => Promise<OpenedSigner>): void {
  const codeOf = (result: { ok: boolean; error?: { code: string } }) =>
    result.ok ? "ok" : result.error?.code;

  it("is locked at first, and signs nothing", async () => {
    const { signer } = await open();
    await using _ = signer;
    expect(signer.status()).toEqual({ state: "locked" });
    expect(codeOf(await signer.accountKey(0))).toBe("EXOS-E5001");
    expect(codeOf(await signer.signTransaction(paymentOf()))).toBe("EXOS-E5001");
    expect(codeOf(await signer.signStake(stakeOf()))).toBe("EXOS-E5001");
  });

  it("signs payments and stakes once it is open", async () => {
    const { signer, password } = await open();
    await using _ = signer;
    expect(await signer.unlock(password, FOREVER)).toEqual({ ok: true, value: undefined });
    expect(signer.status()).toEqual({ state: "unlocked" });
    const signed = await signer.signTransaction(paymentOf());
    if (!signed.ok) throw new RangeError(signed.error.message);
    expect(signed.value.constructor).toBe(Uint8Array);
    expect(decodeTransaction(signed.value, consensus.wire).ok).toBe(true);
    const block = await signer.signStake(stakeOf());
    expect(codeOf(block)).toBe("ok");
    // The same request gives the same signature: nothing random goes in.
    expect(await signer.signTransaction(paymentOf())).toEqual(signed);
    expect(await signer.signStake(stakeOf())).toEqual(block);
  });

  it("tells the keys of accounts", async () => {
    const { signer, password } = await open();
    await using _ = signer;
    await signer.unlock(password, STAKING);
    expect(await signer.accountKey(0)).toEqual({ ok: true, value: ACCOUNT_KEY });
    expect(codeOf(await signer.accountKey(100_000_001))).toBe("ok");
    expect(codeOf(await signer.accountKey(2 ** 31))).toBe("EXOS-E5017");
  });

  it("stakes but does not pay where it is open for staking only", async () => {
    const { signer, password } = await open();
    await using _ = signer;
    await signer.unlock(password, STAKING);
    expect(signer.status()).toEqual({ state: "staking-only" });
    expect(codeOf(await signer.signTransaction(paymentOf()))).toBe("EXOS-E5003");
    expect(codeOf(await signer.signStake(stakeOf()))).toBe("ok");
    await signer.unlock(password, FOREVER);
    expect(codeOf(await signer.signTransaction(paymentOf()))).toBe("ok");
    await signer.unlock(password, STAKING);
    expect(codeOf(await signer.signTransaction(paymentOf()))).toBe("EXOS-E5003");
  });

  it("refuses a wrong password, and stays as it was", async () => {
    const { signer, password } = await open();
    await using _ = signer;
    expect(codeOf(await signer.unlock(`${password}x`, FOREVER))).toBe("EXOS-E5002");
    expect(signer.status()).toEqual({ state: "locked" });
    await signer.unlock(password, STAKING);
    expect(codeOf(await signer.unlock("", FOREVER))).toBe("EXOS-E5002");
    expect(signer.status()).toEqual({ state: "staking-only" });
    expect(codeOf(await signer.signStake(stakeOf()))).toBe("ok");
  });

  it("refuses keys that are not its own, and templates that pay elsewhere", async () => {
    const { signer, password } = await open();
    await using _ = signer;
    await signer.unlock(password, FOREVER);
    const other: KeyPath = { ...KEY, index: 1 };
    expect(codeOf(await signer.signTransaction(paymentOf(other)))).toBe("EXOS-E5017");
    expect(codeOf(await signer.signTransaction({ ...paymentOf(), feeMax: amount(9_999n) }))).toBe(
      "EXOS-E5015",
    );
    const stolen = { ...stakeOf(), fees: amount(1n) };
    expect(codeOf(await signer.signStake(stolen))).toBe("EXOS-E5016");
  });

  it("forgets its keys when it is locked, and can be opened again", async () => {
    const { signer, password } = await open();
    await using _ = signer;
    await signer.unlock(password, FOREVER);
    await signer.lock();
    expect(signer.status()).toEqual({ state: "locked" });
    expect(codeOf(await signer.signStake(stakeOf()))).toBe("EXOS-E5001");
    await signer.lock();
    await signer.unlock(password, FOREVER);
    expect(codeOf(await signer.signStake(stakeOf()))).toBe("ok");
  });

  it("locks itself when its time has run out, not before", async () => {
    const { signer, password, clock } = await open();
    await using _ = signer;
    await signer.unlock(password, { stakingOnly: false, seconds: 60 });
    clock.advance(59_999);
    expect(codeOf(await signer.signTransaction(paymentOf()))).toBe("ok");
    clock.advance(1);
    expect(signer.status()).toEqual({ state: "locked" });
    expect(codeOf(await signer.signTransaction(paymentOf()))).toBe("EXOS-E5001");
  });

  it("counts its time anew with every unlock", async () => {
    const { signer, password, clock } = await open();
    await using _ = signer;
    await signer.unlock(password, { stakingOnly: false, seconds: 60 });
    clock.advance(50_000);
    await signer.unlock(password, { stakingOnly: true, seconds: 60 });
    clock.advance(50_000);
    expect(signer.status()).toEqual({ state: "staking-only" });
    await signer.unlock(password, FOREVER);
    clock.advance(10 ** 12);
    expect(signer.status()).toEqual({ state: "unlocked" });
  });

  it.each([0, -1, 1.5, UNLOCK_SECONDS_MAX + 1, Number.NaN])(
    "is not opened for %d seconds",
    async (seconds) => {
      const { signer, password } = await open();
      await using _ = signer;
      const opened = await signer.unlock(password, { stakingOnly: false, seconds });
      expect(codeOf(opened)).toBe("EXOS-E5020");
      expect(signer.status()).toEqual({ state: "locked" });
    },
  );

  it("is opened for decades where that is asked", async () => {
    const { signer, password, clock } = await open();
    await using _ = signer;
    await signer.unlock(password, { stakingOnly: true, seconds: UNLOCK_SECONDS_MAX });
    clock.advance(2 ** 31);
    expect(signer.status()).toEqual({ state: "staking-only" });
  });
}
