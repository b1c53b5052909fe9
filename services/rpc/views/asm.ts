import type { Network } from "#shared/consensus/params.ts";
import { toAsm } from "#shared/script/to-asm.ts";

/** A script in words. Where cold staking exists, Bitcoin's tenth no-operation has its name. */
export function asmOf(
  script: Uint8Array,
  { consensus }: Pick<Network, "consensus">,
  options: { readonly sighash: boolean } = { sighash: false },
): string {
  const words = toAsm(script, options);
  return consensus.dialect === "exos"
    ? words.replaceAll(/\bOP_NOP10\b/g, "OP_CHECKCOLDSTAKEVERIFY")
    : words;
}
