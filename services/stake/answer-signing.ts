import { parseStakeAsked, type StakeAnswered } from "#shared/messages/stake-signing.ts";
import type { Log } from "#shared/ports/log.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { type SignOnTipDeps, signOnTip } from "./sign-on-tip.ts";
import { type SignSweepDeps, signSweep } from "./sign-sweep.ts";

/**
 * Answer one question to the signer, whoever asked it.
 *
 * @throws StoreFault when the stores or the key failed: whoever asks may ask again
 */
export async function answerSigning(
  asked: unknown,
  deps: SignOnTipDeps & SignSweepDeps & { readonly log: Pick<Log, "info" | "warn"> },
): Promise<StakeAnswered> {
  const question = parseStakeAsked(asked);
  if (question === undefined)
    return refused("EXOS-E5016", "The signer was asked for nothing that it does.");
  if (question.kind === "key") {
    return { v: 1, kind: "key", publicKey: toHex(await deps.key.publicKey()) };
  }
  if (question.kind === "sweep") return answerSweep(question.transaction, deps);
  const template = Uint8Array.from(Buffer.from(question.block, "base64"));
  const signed = await signOnTip(template, deps);
  if (signed.ok) {
    deps.log.info("signed a stake", { bytes: signed.value.length });
    return { v: 1, kind: "signed", block: Buffer.from(signed.value).toString("base64") };
  }
  const { code, message } = signed.error;
  deps.log.warn("EXOS-E6001", "a template was refused", { err: message });
  return refused(code, message);
}

async function answerSweep(
  transaction: string,
  deps: SignSweepDeps & { readonly log: Pick<Log, "info" | "warn"> },
): Promise<StakeAnswered> {
  const signed = await signSweep(Uint8Array.from(Buffer.from(transaction, "base64")), deps);
  if (signed.ok) {
    deps.log.info("signed a sweep", { bytes: signed.value.length });
    const text = Buffer.from(signed.value).toString("base64");
    return { v: 1, kind: "swept", transaction: text };
  }
  const { code, message } = signed.error;
  deps.log.warn("EXOS-E6001", "a sweep was refused", { err: message });
  return refused(code, message);
}

function refused(code: string, message: string): StakeAnswered {
  return { v: 1, kind: "refused", code, message };
}
