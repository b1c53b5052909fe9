/**
 * `npm run bench -- sign`: signatures, whole payments, and what opening a wallet takes.
 * @module
 */
import { openKeystore, sealKeystore } from "#shared/adapters/embedded/keystore-crypto.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { signDigest } from "#shared/crypto/sign-digest.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { ARGON2_COST } from "#shared/wallet/keystore-file.ts";
import { planPayment } from "#shared/wallet/plan-payment.ts";
import { signTransaction } from "#shared/wallet/sign-transaction.ts";
import { madeUpOutpoint, output } from "../support/block-builder.ts";
import { OTHER, OWNER } from "../support/rich-chain.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { OWNER_KEY, testRing } from "../support/test-rings.ts";
import { medianSeconds } from "./rounds.ts";

const SIGNATURES = 50;
const INPUTS = 20;

export interface SignFigures {
  /** Of a digest, a second. */
  readonly signatures: number;
  /** Of a payment of 20 inputs, each signed and verified, a second. */
  readonly inputs: number;
  /** To open a keystore of the usual cost. */
  readonly unlockMs: number;
}

/** Medians of interleaved rounds, on one thread. */
export function benchSign(rounds = 15): SignFigures {
  const random = createSeededRandom(1);
  const digests = Array.from({ length: SIGNATURES }, () => random.bytes(32));
  const ring = testRing();
  const payment = planPayment(
    {
      coins: Array.from({ length: INPUTS }, (_, index) => ({
        outpoint: madeUpOutpoint(index),
        value: amount(1_000_000n),
        scriptPubKey: OWNER.payToHash,
        time: unixSeconds(1),
        height: undefined,
        key: OWNER_KEY,
      })),
      payments: [output(19_500_000n, OTHER.payToHash)],
      changeScript: OWNER.payToHash,
      now: unixSeconds(1_600_000_000),
    },
    exosRegtest.consensus,
  );
  if (!payment.ok) throw new RangeError(payment.error.message);
  const { signing } = payment.value;
  const head = {
    id: "",
    createdAt: unixSeconds(0),
    network: "",
    scheme: "keys",
    fingerprint: "",
    accountKey: undefined,
  } as const;
  const protection = { password: "password", cost: { name: "argon2id", ...ARGON2_COST } } as const;
  const keystore = sealKeystore(new Uint8Array(64), head, protection);
  const seconds = medianSeconds(
    {
      signatures: () => {
        for (const digest of digests) signDigest(digest, OWNER.secret);
      },
      inputs: () => {
        if (!signTransaction(signing, ring, exosRegtest.consensus).ok)
          throw new RangeError("unsigned");
      },
      unlock: () => {
        openKeystore(keystore, protection.password);
      },
    },
    rounds,
  );
  return {
    signatures: SIGNATURES / seconds.signatures,
    inputs: INPUTS / seconds.inputs,
    unlockMs: seconds.unlock * 1_000,
  };
}
