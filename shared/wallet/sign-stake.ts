import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { encodeHeader, hashHeader } from "#shared/codec/header.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import { publicKeyOf, signDigest } from "#shared/crypto/sign-digest.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import {
  checkStakeTemplate,
  type StakeSigningParams,
} from "#shared/wallet/check-stake-template.ts";
import type { KeyRing } from "#shared/wallet/key-ring.ts";
import { refuseTemplate, signInputs } from "#shared/wallet/sign-transaction.ts";
import type { StakeRequest } from "#shared/wallet/signing.ts";

/**
 * Sign a coinstake, put the root of what the block then holds into its header, and sign the block
 * with the same key.
 *
 * @returns the whole block, which passes the integrity stage; refusals E5016 and E5017
 * @throws RangeError when a signature does not verify: then the machine cannot be trusted
 * @source PosMinting.cs (EXOSFullNode e61c2e61); exos-l1.md 4.3, 8.2; cloud.md 9.2
 */
export function signStake(
  request: StakeRequest,
  keys: KeyRing,
  params: StakeSigningParams,
): Result<Uint8Array, Refusal> {
  const { kernel } = request;
  const template = decodeBlock(request.block, params.wire);
  if (!template.ok) return refuseTemplate("The bytes are no block.");
  const publicKey = keys.use(kernel.key, ({ secret, compressed }) =>
    publicKeyOf(secret, compressed),
  );
  if (publicKey === undefined) {
    return refusal("EXOS-E5017", "The wallet has no key at the kernel's path.");
  }
  const fault = checkStakeTemplate(template.value, request, publicKey, params);
  if (fault !== undefined) return refuseTemplate(fault);
  const [coinbase, coinstake, ...others] = template.value.transactions as readonly [
    // A coinbase and a coinstake were just found there.
    HashedTransaction,
    HashedTransaction,
    ...HashedTransaction[],
  ];
  const signed = signInputs(coinstake, [kernel], { keys, params, how: "stake" });
  if (!signed.ok) return signed;
  const transactions = [coinbase, hashTransaction(signed.value, params.wire), ...others];
  const { root } = merkleRoot(transactions.map(({ txid }) => txid));
  const fields = { ...template.value.header, merkleRoot: root };
  const header = { ...fields, bytes: encodeHeader(fields) };
  const digest = hashHeader(header, params.wire);
  const signature = keys.use(kernel.key, ({ secret }) => signDigest(digest, secret));
  if (signature === undefined) throw new RangeError("a key is gone that was just there");
  const bytes = encodeBlock({ header, transactions, signature }, params.wire);
  assertWhole(bytes, params);
  return { ok: true, value: bytes };
}

function assertWhole(bytes: Uint8Array, params: StakeSigningParams): void {
  const block = decodeBlock(bytes, params.wire);
  if (!block.ok) throw block.error;
  const verdict = judgeIntegrity(block.value, params);
  if (verdict !== undefined) throw new RangeError(`a block of ours fails: ${verdict.code}`);
}
