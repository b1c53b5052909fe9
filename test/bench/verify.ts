/**
 * `node test/bench/verify.ts [rounds]`: signature verification on one thread, as ratios to npm
 * `secp256k1` and to libauth.
 * @module
 */
import { secp256k1 as libauth } from "@bitauth/libauth";
import { sha256 } from "@noble/hashes/sha2.js";
import { type SignatureCheck, verifySignatures } from "#shared/crypto/verify-signatures.ts";
import { native } from "../support/native-secp256k1.ts";
import { calibrate } from "./calibration.ts";
import { medianSeconds } from "./rounds.ts";

/** Checks of a round, as many as one of the calibration: what interrupts falls on both alike. */
const CHECKS = 256;

/** Distinct keys, in turn: four times what the engine remembers, so that it knows none of them. */
const KEYS = 4096;

/** Keys that come again and again. */
const KNOWN_KEYS = 16;

/** V8 starts with its baseline compiler, at a third to a half of the speed: batches before it counts. */
const WARM_UP_ROUNDS = 48;

export interface VerifyFigures {
  /** Verifications a second: own in batches, with keys seen before, one by one; full keys; libauth. */
  readonly batch: number;
  readonly knownKeys: number;
  readonly oneByOne: number;
  readonly fullKeys: number;
  readonly libauth: number;
  readonly calibration: number;
  /** Batches with compressed keys never seen, over the calibration. Bar: 0.95. */
  readonly ratio: number;
}

function makeChecks(compressed: boolean): SignatureCheck[] {
  return Array.from({ length: KEYS }, (_, index) => {
    const secret = sha256(Uint8Array.of(3, index, index >> 8));
    const digest = sha256(Uint8Array.of(4, index, index >> 8));
    const signature = Uint8Array.from(native.ecdsaSign(digest, secret).signature);
    const publicKey = Uint8Array.from(native.publicKeyCreate(secret, compressed));
    return { publicKey, signature, digest };
  });
}

/** The next so many checks at each call, from a place on. */
function inTurn(checks: readonly SignatureCheck[], start: number): () => SignatureCheck[] {
  let at = start;
  return () => {
    const turn = checks.slice(at, at + CHECKS);
    at = (at + CHECKS) % checks.length;
    return turn;
  };
}

/** An engine that refuses everything is fast: no time is read before the verdicts are right. */
function requireTrue(answers: readonly boolean[], of: string): void {
  if (answers.length !== CHECKS || answers.includes(false)) throw new RangeError(`${of} refuses`);
}

/** Medians of interleaved rounds. */
export function benchVerify(rounds = 15): VerifyFigures {
  const [compressed, full] = [makeChecks(true), makeChecks(false)];
  const fewKeys = compressed.slice(0, KNOWN_KEYS);
  const known = Array.from({ length: CHECKS / KNOWN_KEYS }, () => fewKeys).flat();
  const [nextOfBatch, nextOfFull] = [inTurn(compressed, 0), inTurn(full, 0)];
  const [nextOne, nextOfLibauth] = [inTurn(compressed, KEYS / 2), inTurn(compressed, 0)];
  const forged = known.map((check) => ({ ...check, digest: check.publicKey.slice(1) }));
  if (verifySignatures(forged).includes(true)) throw new RangeError("what is forged is accepted");
  const calibration = calibrate();
  const cases = {
    batch: () => requireTrue(verifySignatures(nextOfBatch()), "a batch"),
    knownKeys: () => {
      requireTrue(verifySignatures(known), "a batch of known keys");
    },
    oneByOne: () =>
      requireTrue(
        nextOne().map((check) => verifySignatures([check])[0] ?? false),
        "a single call",
      ),
    fullKeys: () => requireTrue(verifySignatures(nextOfFull()), "a batch of full keys"),
    libauth: () =>
      requireTrue(
        nextOfLibauth().map(({ publicKey, signature, digest }) =>
          libauth.verifySignatureCompact(signature, publicKey, digest),
        ),
        "libauth",
      ),
    calibration: () => calibration.round(),
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) cases.batch();
  const seconds = medianSeconds(cases, rounds);
  const perSecond = calibration.verificationsPerSecond;
  return {
    batch: CHECKS / seconds.batch,
    knownKeys: CHECKS / seconds.knownKeys,
    oneByOne: CHECKS / seconds.oneByOne,
    fullKeys: CHECKS / seconds.fullKeys,
    libauth: CHECKS / seconds.libauth,
    calibration: perSecond,
    ratio: CHECKS / seconds.batch / perSecond,
  };
}

if (import.meta.main) {
  const figures = benchVerify(Number(process.argv[2] ?? 15));
  process.stdout.write(`${process.version}\n`);
  const row = (name: string, perSecond: number): void => {
    const figure = Math.round(perSecond).toLocaleString("en").padStart(9);
    const ratio = (perSecond / figures.calibration).toFixed(2).padStart(6);
    process.stdout.write(`${name.padEnd(36)} ${figure} /s ${ratio}\n`);
  };
  row("own, batches, compressed keys", figures.batch);
  row("own, batches, keys seen before", figures.knownKeys);
  row("own, one by one, compressed keys", figures.oneByOne);
  row("own, batches, full keys", figures.fullKeys);
  row("libauth, compressed keys", figures.libauth);
  row("calibration", figures.calibration);
}
