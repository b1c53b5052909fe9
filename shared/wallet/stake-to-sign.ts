import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { encodeHeader, hashHeader } from "#shared/codec/header.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import type { Block } from "#shared/primitives/block.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import {
  checkStakeTemplate,
  type StakeSigningParams,
} from "#shared/wallet/check-stake-template.ts";
import { assertSigned, refuseTemplate } from "#shared/wallet/sign-transaction.ts";
import type { StakeRequest } from "#shared/wallet/signing.ts";
import { inputDigest, opensScript, scriptOfSignature } from "#shared/wallet/unlock-script.ts";

/** A template that was checked, whose coinstake waits for its signature. */
export interface StakeToSign {
  readonly digest: Uint8Array;
  /**
   * @param signature of the digest: DER without hash type
   * @throws RangeError when it does not open the kernel
   */
  withInput(signature: Uint8Array): BlockToSign;
}

/** The block with its root, that waits for its own. */
export interface BlockToSign {
  readonly digest: Uint8Array;
  /**
   * @returns the whole block, which passes the integrity stage
   * @throws RangeError when it does not
   */
  withSignature(signature: Uint8Array): Uint8Array;
}

type Kernel = Pick<StakeRequest["kernel"], "value" | "scriptPubKey">;

/** What is asked for, but for where the key lies. */
export interface StakeToCheck extends Pick<StakeRequest, "block" | "height" | "fees"> {
  readonly kernel: Kernel;
}

/**
 * Check a template, and say what has to be signed for it, one digest after the other: for keys that
 * lie here, and for those that are asked from afar.
 *
 * @param publicKey of the kernel
 * @returns refusals E5016, and E5017 where the key does not stake the kernel
 * @source PosMinting.cs (EXOSFullNode e61c2e61); exos-l1.md 4.3, 8.2; cloud.md 9.2
 */
export function stakeToSign(
  request: StakeToCheck,
  publicKey: Uint8Array,
  params: StakeSigningParams,
): Result<StakeToSign, Refusal> {
  const { kernel } = request;
  const template = decodeBlock(request.block, params.wire);
  if (!template.ok) return refuseTemplate("The bytes are no block.");
  // Where the key lies is nothing that the check reads.
  const asked = { ...request, kernel: { ...kernel, key: NOWHERE } };
  const fault = checkStakeTemplate(template.value, asked, publicKey, params);
  if (fault !== undefined) return refuseTemplate(fault);
  const what = { dialect: params.dialect, how: "stake" } as const;
  if (!opensScript(kernel.scriptPubKey, publicKey, what)) {
    return refusal("EXOS-E5017", "The key does not stake the kernel.");
  }
  const [coinbase, coinstake, ...others] = template.value.transactions as readonly [
    // A coinbase and a coinstake were just found there.
    HashedTransaction,
    HashedTransaction,
    ...HashedTransaction[],
  ];
  const blank = coinstake.inputs.map((input) => ({ ...input, scriptSig: EMPTY, witness: [] }));
  const unsigned = { ...coinstake, inputs: blank };
  const { scriptPubKey } = kernel;
  return {
    ok: true,
    value: {
      digest: inputDigest({ tx: unsigned, index: 0, scriptPubKey }, params),
      withInput(signature) {
        const scriptSig = scriptOfSignature(scriptPubKey, { publicKey, signature }, what) ?? EMPTY;
        const signed = { ...coinstake, inputs: blank.map((input) => ({ ...input, scriptSig })) };
        assertSigned(signed, [kernel], params.dialect);
        const transactions = [coinbase, hashTransaction(signed, params.wire), ...others];
        return blockToSign({ ...template.value, transactions }, params);
      },
    },
  };
}

const EMPTY = new Uint8Array(0);
const NOWHERE = { kind: "derived", account: 0, branch: "external", index: 0 } as const;

function blockToSign(template: Block, params: StakeSigningParams): BlockToSign {
  const { transactions } = template;
  const { root } = merkleRoot(transactions.map(({ txid }) => txid));
  const fields = { ...template.header, merkleRoot: root };
  const header = { ...fields, bytes: encodeHeader(fields) };
  return {
    digest: hashHeader(header, params.wire),
    withSignature(signature) {
      const bytes = encodeBlock({ header, transactions, signature }, params.wire);
      assertWhole(bytes, params);
      return bytes;
    },
  };
}

function assertWhole(bytes: Uint8Array, params: StakeSigningParams): void {
  const block = decodeBlock(bytes, params.wire);
  if (!block.ok) throw block.error;
  const verdict = judgeIntegrity(block.value, params);
  if (verdict !== undefined) throw new RangeError(`a block of ours fails: ${verdict.code}`);
}
