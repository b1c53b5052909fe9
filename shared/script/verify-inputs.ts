import { type SignatureCheck, verifySignatures } from "#shared/crypto/verify-signatures.ts";
import type { InputCheck } from "#shared/script/machine.ts";
import { type InputVerdict, verifyInput } from "#shared/script/verify-input.ts";

/** A verdict that stands if its signatures are right. */
interface Presumption {
  readonly verdict: InputVerdict;
  /** Where its signatures end in the list of all. */
  readonly end: number;
}

/**
 * As `verifyInput` for each, in order, with their signatures verified together: a batch is faster.
 *
 * Every script is run as if its signatures were right. Where they all are, that was its run; where
 * one is not, which nearly never happens, the script is run again with the answers it should have.
 *
 * @throws RangeError when a transaction has no such input
 */
export function verifyInputs(checks: readonly Omit<InputCheck, "verify">[]): InputVerdict[] {
  const signatures: SignatureCheck[] = [];
  const verify = (signature: SignatureCheck) => signatures.push(signature) > 0;
  const presumptions = checks.map((check): Presumption => {
    const verdict = verifyInput({ ...check, verify });
    return { verdict, end: signatures.length };
  });

  const answers = verifySignatures(signatures);
  let at = 0;
  return checks.map((check, index) => {
    const { verdict, end } = presumptions[index] as Presumption; // one for each check
    let right = true;
    for (; at < end; at++) right &&= answers[at] === true;
    return right ? verdict : verifyInput(check);
  });
}
