/**
 * `node test/bench/script.ts [rounds]`: decoding blocks and judging inputs on one thread, as ratios
 * to the calibration. Reads `heavy.dat` of the shared vectors.
 * @module
 */
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { parseLaxDer } from "#shared/crypto/parse-lax-der.ts";
import { type SignatureCheck, verifySignatures } from "#shared/crypto/verify-signatures.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";
import type { InputCheck } from "#shared/script/machine.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { HashType, signatureHash } from "#shared/script/signature-hash.ts";
import { type InputVerdict, verifyInput } from "#shared/script/verify-input.ts";
import { verifyInputs } from "#shared/script/verify-inputs.ts";
import { loadChain } from "../support/chain-file.ts";
import { EXOS_WIRE } from "../support/wires.ts";
import { calibrate } from "./calibration.ts";
import { medianSeconds, secondsOf } from "./rounds.ts";

const FILE = "exos-regtest/heavy.dat";

/** Blocks of one round, from where they are full. */
const BLOCKS_FROM = 1000;
const BLOCKS = 200;

/** Inputs of one round: about 100 ms. */
const INPUTS = 1500;

const WARM_UP_SECONDS = 1;

const { P2SH, DERSIG, CHECKLOCKTIMEVERIFY, CHECKCOLDSTAKEVERIFY } = ScriptFlags;
const FLAGS = P2SH | DERSIG | CHECKLOCKTIMEVERIFY | CHECKCOLDSTAKEVERIFY;

export interface ScriptFigures {
  /** Decoding blocks, transaction hashes included. Bar: 30. */
  readonly decodeMegabytesPerSecond: number;
  /** In batches, as blocks are judged. */
  readonly inputsPerSecond: number;
  readonly oneByOnePerSecond: number;
  readonly calibration: number;
  /** Inputs over the calibration. */
  readonly ratio: number;
  /** What an input costs beside its signature. Bar: 15. */
  readonly overheadMicroseconds: number;
}

/** Blocks that are only read, and the first inputs that spend by key hash. */
function load(chain: readonly Uint8Array[]): { bytes: Uint8Array[]; inputs: InputCheck[] } {
  const outputs = new Map<string, readonly TxOutput[]>();
  const inputs: InputCheck[] = [];
  for (const bytes of chain) {
    const block = decodeBlock(bytes, EXOS_WIRE);
    if (!block.ok) throw block.error;
    for (const tx of block.value.transactions) {
      outputs.set(toHashHex(tx.txid), tx.outputs);
      for (const [index, { prevout, scriptSig }] of tx.inputs.entries()) {
        const coin = outputs.get(toHashHex(prevout.txid))?.[prevout.index];
        if (coin?.scriptPubKey.length !== 25 || scriptSig.length < 100) continue;
        inputs.push({ tx, index, ...coin, flags: FLAGS, dialect: "exos" });
      }
      if (inputs.length >= INPUTS) {
        return { bytes: chain.slice(BLOCKS_FROM, BLOCKS_FROM + BLOCKS), inputs };
      }
    }
  }
  throw new RangeError(`${FILE} has too few inputs`);
}

/** The signature of an input that spends by key hash, as its script would have it checked. */
function signatureOf({ tx, index, scriptPubKey }: InputCheck): SignatureCheck {
  const { scriptSig } = tx.inputs[index] ?? { scriptSig: new Uint8Array(0) };
  const size = Number(scriptSig[0]);
  const publicKey = scriptSig.slice(size + 2);
  const signature = parseLaxDer(scriptSig.subarray(1, size)) ?? new Uint8Array(64);
  const context = { tx, index, scriptCode: scriptPubKey, hashType: HashType.ALL };
  if (hash160(publicKey).some((byte, at) => byte !== scriptPubKey[3 + at])) {
    throw new RangeError("not a spend by key hash");
  }
  return { publicKey, signature, digest: signatureHash(context, true) };
}

/** The same with transactions anew: what they remember must be paid for once a round. */
function forgetful(inputs: readonly InputCheck[]): InputCheck[] {
  const fresh = new Map(inputs.map(({ tx }) => [tx, { ...tx }]));
  return inputs.map((check) => ({ ...check, tx: fresh.get(check.tx) ?? check.tx }));
}

function requireGood(verdicts: readonly InputVerdict[]): void {
  const bad = verdicts.find(({ error }) => error !== undefined);
  if (bad !== undefined) throw new RangeError(bad.error);
}

/** Medians of interleaved rounds. @returns `undefined` when the shared vectors are absent */
export function benchScript(rounds = 9): ScriptFigures | undefined {
  const chain = loadChain(FILE, 4);
  if (chain === undefined) return undefined;
  const { bytes, inputs } = load(chain);
  const checks = inputs.map(signatureOf);
  const calibration = calibrate();
  const cases = {
    decode: () => {
      for (const block of bytes) if (!decodeBlock(block, EXOS_WIRE).ok) throw new RangeError(FILE);
    },
    inputs: () => requireGood(verifyInputs(forgetful(inputs))),
    oneByOne: () => requireGood(forgetful(inputs).map(verifyInput)),
    signatures: () => {
      if (verifySignatures(checks).includes(false)) throw new RangeError("refused");
    },
    calibration: () => calibration.round(),
  };
  for (let warm = 0; warm < WARM_UP_SECONDS; ) warm += secondsOf(cases.inputs);
  const seconds = medianSeconds(cases, rounds);
  const megabytes = bytes.reduce((sum, block) => sum + block.length, 0) / 1e6;
  const inputsPerSecond = inputs.length / seconds.inputs;
  const perSecond = calibration.verificationsPerSecond;
  return {
    decodeMegabytesPerSecond: megabytes / seconds.decode,
    inputsPerSecond,
    oneByOnePerSecond: inputs.length / seconds.oneByOne,
    calibration: perSecond,
    ratio: inputsPerSecond / perSecond,
    overheadMicroseconds: ((seconds.inputs - seconds.signatures) / inputs.length) * 1e6,
  };
}

if (import.meta.main) {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const figures = benchScript(Number(process.argv[2] ?? 9));
  if (figures === undefined) print(`${FILE} of the shared vectors is absent`);
  else {
    print(`decoding blocks          ${figures.decodeMegabytesPerSecond.toFixed(1)} MB/s`);
    print(`inputs by key hash       ${Math.round(figures.inputsPerSecond)} /s`);
    print(`  one by one             ${Math.round(figures.oneByOnePerSecond)} /s`);
    print(`  over the calibration   ${figures.ratio.toFixed(2)}`);
    print(`  beside the signature   ${figures.overheadMicroseconds.toFixed(1)} µs`);
    print(`calibration              ${Math.round(figures.calibration)} /s`);
  }
}
