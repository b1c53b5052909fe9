import { describe, expect, it } from "vitest";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { sha256 } from "#shared/crypto/hashes.ts";
import { signDigest } from "#shared/crypto/sign-digest.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { toHex } from "#shared/primitives/hex.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { payToScriptHash } from "#shared/script/pay-to.ts";
import { verifyInput } from "#shared/script/verify-input.ts";
import type { KeyPath } from "#shared/wallet/key-path.ts";
import { signTransaction } from "#shared/wallet/sign-transaction.ts";
import type { SigningRequest } from "#shared/wallet/signing.ts";
import { coldStakingScript, madeUpOutpoint, output } from "../../support/block-builder.ts";
import { inThread } from "../../support/in-thread.ts";
import { OTHER, OWNER } from "../../support/rich-chain.ts";
import { NO_KEY, OTHER_KEY, OWNER_KEY, testRing } from "../../support/test-rings.ts";

const params = exosRegtest.consensus;

/** A spend of one coin of 1,000,000 by each script, which pays 999,000 on. */
function requestOf(
  scripts: readonly (readonly [script: Uint8Array, key: KeyPath])[],
  change: Partial<Transaction> = {},
  { wire } = params,
): SigningRequest {
  const tx: Transaction = {
    version: 1,
    time: unixSeconds(wire.transactionTime ? 1_600_000_000 : 0),
    inputs: scripts.map((_, index) => ({
      prevout: madeUpOutpoint(index),
      scriptSig: Uint8Array.of(1, 2, 3),
      sequence: 0xffff_ffff,
      witness: [],
    })),
    outputs: [output(999_000n, OTHER.payToHash)],
    lockTime: 0,
    ...change,
  };
  const value = amount(1_000_000n);
  return {
    raw: encodeTransaction(tx, wire, { witness: false }),
    inputs: scripts.map(([scriptPubKey, key]) => ({ value, scriptPubKey, key })),
    feeMax: amount(10_000_000n),
  };
}

const codeOf = (request: SigningRequest) => {
  const signed = signTransaction(request, testRing(), params);
  return signed.ok ? "signed" : signed.error.code;
};

describe("the signing of a payment", () => {
  const cold = coldStakingScript(OTHER, OWNER);

  it.each([
    ["P2PKH", OWNER.payToHash, OWNER_KEY],
    ["P2PK", OWNER.payToKey, OWNER_KEY],
    ["the cold branch of cold staking", cold, OWNER_KEY],
  ] as const)("is done for %s, for the key that owns it alone", (_, script, key) => {
    expect(codeOf(requestOf([[script, key]]))).toBe("signed");
    expect(codeOf(requestOf([[script, OTHER_KEY]]))).toBe("EXOS-E5017");
    expect(codeOf(requestOf([[script, NO_KEY]]))).toBe("EXOS-E5017");
  });

  it("is the same every time, and done on Bitcoin's wire too", () => {
    const request = requestOf([[OWNER.payToHash, OWNER_KEY]]);
    expect(signTransaction(request, testRing(), params)).toEqual(
      signTransaction(request, testRing(), params),
    );
    const bitcoin = bitcoinRegtest.consensus;
    const other = requestOf([[OWNER.payToHash, OWNER_KEY]], {}, bitcoin);
    const signed = signTransaction(other, testRing(), bitcoin);
    const tx = signed.ok ? decodeTransaction(signed.value, bitcoin.wire) : signed;
    if (!tx.ok) throw new RangeError(tx.error.message);
    const scriptPubKey = OWNER.payToHash;
    const check = { tx: tx.value, index: 0, value: 0n, scriptPubKey, flags: 0 };
    expect(verifyInput({ ...check, dialect: "bitcoin" }).error).toBeUndefined();
  });

  it("is refused for scripts that it does not understand", () => {
    const scripts = [payToScriptHash(new Uint8Array(20)), Uint8Array.of(0x51), new Uint8Array(0)];
    for (const script of scripts)
      expect(codeOf(requestOf([[script, OWNER_KEY]]))).toBe("EXOS-E5017");
  });

  it("names the input whose key is wrong", () => {
    const request = requestOf([
      [OWNER.payToHash, OWNER_KEY],
      [OWNER.payToHash, OTHER_KEY],
    ]);
    const signed = signTransaction(request, testRing(), params);
    expect(signed.ok || signed.error.fields).toEqual({ input: 1 });
  });

  it("is refused above the ceiling of the fee, and where outputs exceed inputs", () => {
    const request = requestOf([[OWNER.payToHash, OWNER_KEY]]);
    expect(codeOf({ ...request, feeMax: amount(1_000n) })).toBe("signed");
    expect(codeOf({ ...request, feeMax: amount(999n) })).toBe("EXOS-E5015");
    const greedy = { outputs: [output(1_000_001n, OTHER.payToHash)] };
    expect(codeOf(requestOf([[OWNER.payToHash, OWNER_KEY]], greedy))).toBe("EXOS-E5016");
  });

  it("is refused for bytes that are no payment", () => {
    const request = requestOf([[OWNER.payToHash, OWNER_KEY]]);
    expect(codeOf({ ...request, raw: request.raw.slice(0, 20) })).toBe("EXOS-E5016");
    expect(codeOf({ ...request, inputs: [] })).toBe("EXOS-E5016");
    expect(codeOf(requestOf([]))).toBe("EXOS-E5016");
    const marker = { value: amount(0n), scriptPubKey: new Uint8Array(0) };
    const outputs = [marker, output(999_000n, OWNER.payToKey)];
    expect(codeOf(requestOf([[OWNER.payToHash, OWNER_KEY]], { outputs }))).toBe("EXOS-E5016");
  });
});

describe("signatures", () => {
  it("verify with our own engine, are strict and low, 1,000 of 1,000", async () => {
    const seed = 5;
    const sound = await inThread("test/support/wallet-work.ts", "soundSignatures", 1_000, seed);
    expect(sound, `seed ${seed}`).toBe(1_000);
  });

  /** @source bitcoin/bitcoin, libsecp256k1's RFC 6979 nonces, as published for the key 1 */
  it("take their nonce from RFC 6979", () => {
    const digest = sha256(new TextEncoder().encode("Satoshi Nakamoto"));
    expect(toHex(signDigest(digest, OWNER.secret))).toBe(
      "3045022100934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d802202442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
    );
  });
});
