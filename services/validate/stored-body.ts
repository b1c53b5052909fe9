import { decodeBlock } from "#shared/codec/decode-block.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import type { Verdict } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { ValidateDeps } from "./deps.ts";

/** What stands under a block's hash. */
export type StoredBody =
  | { readonly state: "sound"; readonly block: Block }
  | { readonly state: "absent" }
  /** It was dropped. `error` where it is a block that breaks a rule of its bytes. */
  | { readonly state: "broken"; readonly error: Verdict };

/**
 * The body of a block, if the bytes that are stored pass the integrity stage now. The header's hash
 * does not commit to them, so bytes that fail are dropped, and nothing is said about the hash.
 */
export async function readStoredBody(
  hash: HashHex,
  { blocks, network, log }: Pick<ValidateDeps, "blocks" | "network" | "log">,
): Promise<StoredBody> {
  const bytes = await blocks.get(hash);
  if (bytes === undefined) return { state: "absent" };
  const decoded = decodeBlock(bytes, network.consensus.wire);
  const isIts = decoded.ok && toHashHex(decoded.value.hash) === hash;
  const error = isIts ? judgeIntegrity(decoded.value, network.consensus) : undefined;
  if (isIts && error === undefined) return { state: "sound", block: decoded.value };
  log.error("EXOS-E2009", "a stored block is not what its header commits to", { hash });
  await blocks.drop(hash, bytes);
  return { state: "broken", error };
}
