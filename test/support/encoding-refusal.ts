import { ScriptFlags } from "#shared/script/script-flags.ts";
import { checkSignatureEncoding } from "#shared/script/signature-encoding.ts";

const SIGHASH_ALL = 1;

/** What every node asks of a signature's encoding. @returns `undefined` where it is accepted */
export function encodingRefusal(der: Uint8Array): ReturnType<typeof checkSignatureEncoding> {
  return checkSignatureEncoding(
    Uint8Array.of(...der, SIGHASH_ALL),
    ScriptFlags.DERSIG | ScriptFlags.LOW_S | ScriptFlags.STRICTENC,
  );
}
