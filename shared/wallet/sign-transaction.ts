import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { isCoinstake } from "#shared/primitives/transaction-shape.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { verifyInputs } from "#shared/script/verify-inputs.ts";
import type { KeyRing } from "#shared/wallet/key-ring.ts";
import type { SigningInput, SigningRequest } from "#shared/wallet/signing.ts";
import { type Spending, unlockScript } from "#shared/wallet/unlock-script.ts";

const NO_BYTES = new Uint8Array(0);

/** What every node that relays asks of the scripts that are made here, and the rule of stakers. */
const FLAGS =
  ScriptFlags.P2SH |
  ScriptFlags.DERSIG |
  ScriptFlags.STRICTENC |
  ScriptFlags.LOW_S |
  ScriptFlags.MINIMALDATA |
  ScriptFlags.CLEANSTACK |
  ScriptFlags.NULLFAIL |
  ScriptFlags.CHECKCOLDSTAKEVERIFY;

/** What signing reads of a network. */
export type SigningParams = Pick<ConsensusParams, "wire" | "dialect">;

/** Refuse to sign, for a reason that the shape of the request gives. */
export function refuseTemplate(
  message: string,
  fields: Refusal["fields"] = {},
): ReturnType<typeof refusal> {
  return refusal("EXOS-E5016", message, fields);
}

/**
 * Sign every input of a payment with its key, and check the result as a stranger's.
 *
 * What an input is worth is the caller's word: a legacy signature does not cover it. A value told
 * too high makes an invalid transaction; one told too low, a fee above the ceiling.
 *
 * @returns the signed bytes; refusals E5015, E5016, E5017
 */
export function signTransaction(
  { raw, inputs: spent, feeMax }: SigningRequest,
  keys: KeyRing,
  params: SigningParams,
): Result<Uint8Array, Refusal> {
  const decoded = decodeTransaction(raw, params.wire);
  if (!decoded.ok) return refuseTemplate("The bytes are no transaction.");
  const { inputs, outputs } = decoded.value;
  if (isCoinstake(decoded.value)) return refuseTemplate("A coinstake is no payment.");
  if (inputs.length !== spent.length || inputs.length === 0) {
    return refuseTemplate(`${inputs.length} inputs spend ${spent.length} coins.`);
  }
  const sum = (values: readonly { readonly value: bigint }[]) =>
    values.reduce((total, { value }) => total + value, 0n);
  const fee = sum(spent) - sum(outputs);
  if (fee < 0n) return refuseTemplate("The outputs hold more than the inputs.");
  if (fee > feeMax) {
    const message = `The fee is ${fee} base units, above the ceiling of ${feeMax}.`;
    return refusal("EXOS-E5015", message, { fee: `${fee}`, feeMax: `${feeMax}` });
  }
  const signed = signInputs(decoded.value, spent, { keys, params, how: "spend" });
  if (!signed.ok) return signed;
  return { ok: true, value: encodeTransaction(signed.value, params.wire, { witness: true }) };
}

/** Whose keys, by which rules, and for what. */
export interface InputSigner {
  readonly keys: KeyRing;
  readonly params: SigningParams;
  readonly how: Spending;
}

/**
 * Give every input its script. Whatever stood there before is replaced.
 *
 * @throws RangeError when a signature does not verify: then the machine cannot be trusted
 */
export function signInputs(
  tx: Transaction,
  spent: readonly SigningInput[],
  { keys, params, how }: InputSigner,
): Result<Transaction, Refusal> {
  const { dialect } = params;
  const blank = tx.inputs.map((input) => ({ ...input, scriptSig: NO_BYTES, witness: [] }));
  const unsigned: Transaction = { ...tx, inputs: blank };
  const inputs: Transaction["inputs"][number][] = [];
  for (const [index, { scriptPubKey, key: path }] of spent.entries()) {
    const scriptSig = keys.use(path, (key) =>
      unlockScript({ tx: unsigned, index, scriptPubKey }, key, params, how),
    );
    const input = blank[index];
    if (scriptSig === undefined || input === undefined) {
      const message = `The key of input ${index} does not ${how} the coin.`;
      return refusal("EXOS-E5017", message, { input: index });
    }
    inputs.push({ ...input, scriptSig });
  }
  const signed: Transaction = { ...tx, inputs };
  assertSigned(signed, spent, dialect);
  return { ok: true, value: signed };
}

/**
 * Run the scripts of a transaction that was signed here as a stranger's.
 *
 * @throws RangeError when one fails: then the machine, or who holds the key, cannot be trusted
 */
export function assertSigned(
  tx: Transaction,
  spent: readonly Pick<SigningInput, "value" | "scriptPubKey">[],
  dialect: SigningParams["dialect"],
): void {
  const verdicts = verifyInputs(
    spent.map(({ value, scriptPubKey }, index) => {
      return { tx, index, value, scriptPubKey, flags: FLAGS, dialect };
    }),
  );
  const failed = verdicts.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw new RangeError(`a signature of ours fails: ${failed.error}`);
}
