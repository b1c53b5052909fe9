import { sha256 } from "@noble/hashes/sha2.js";
import { native } from "../support/native-secp256k1.ts";
import { median, secondsOf } from "./rounds.ts";

/** Verifications of one round: about 13 ms. */
const CASES = 256;

export interface Calibration {
  /** Median over all rounds so far; NaN before the first. */
  readonly verificationsPerSecond: number;
  /** Measure once more: call it between the rounds of what is compared with it. */
  round(): void;
}

/**
 * The measure of a machine: what one thread verifies with npm `secp256k1` 5.0.2, the native binding
 * with its prebuilt libsecp256k1, for distinct compressed keys. Speeds are told as ratios to it, and
 * only figures of the same run are compared.
 * @throws Error at import where no binding is built for the platform; the package's own fallback to
 *   JavaScript is not used, which would make every ratio twenty times better
 */
export function calibrate(): Calibration {
  const cases = Array.from({ length: CASES }, (_, index) => {
    const secret = sha256(Uint8Array.of(1, index));
    const digest = sha256(Uint8Array.of(2, index));
    const publicKey = native.publicKeyCreate(secret, true);
    return { digest, publicKey, signature: native.ecdsaSign(digest, secret).signature };
  });
  const verifyAll = (): void => {
    for (const { signature, digest, publicKey } of cases) {
      if (!native.ecdsaVerify(signature, digest, publicKey)) throw new RangeError("not verified");
    }
  };
  verifyAll();
  const seconds: number[] = [];
  return {
    get verificationsPerSecond() {
      return CASES / median(seconds);
    },
    round() {
      seconds.push(secondsOf(verifyAll));
    },
  };
}
