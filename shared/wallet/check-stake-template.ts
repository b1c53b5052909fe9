import { blockReward } from "#shared/consensus/block-reward.ts";
import { heightPush } from "#shared/consensus/height-push.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import { checkStakeBlock } from "#shared/consensus/rules/check-stake-block.ts";
import { checkStakeTime } from "#shared/consensus/rules/check-stake-time.ts";
import type { Block } from "#shared/primitives/block.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";
import { isCoinbase } from "#shared/primitives/transaction-shape.ts";
import { coldStakingOf } from "#shared/script/classify-script.ts";
import { OP } from "#shared/script/opcodes.ts";
import { ownerScript } from "#shared/script/owner-script.ts";
import { plainPush } from "#shared/script/push.ts";
import type { StakeRequest } from "#shared/wallet/signing.ts";

/** What a staking key asks of a network. */
export type StakeSigningParams = Pick<
  ConsensusParams,
  "wire" | "dialect" | "stake" | "work" | "premine"
>;

/**
 * What keeps a staking key from signing a block: it signs nothing but one that gives kernel, reward
 * and fees back to the script they come from, whoever asks. A value that the caller misstates makes
 * a block that every node refuses, or leaves coins unclaimed; it pays nobody else.
 *
 * @param publicKey of the kernel: it owns the coin, or is the hot key of its script
 * @returns a sentence, or `undefined` when there is nothing
 * @source exos-l1.md 4.4 rule 11, 4.5 rules 5d and 6, 8.2; cloud.md 9.2
 */
export function checkStakeTemplate(
  block: Block,
  { kernel, height, fees }: Pick<StakeRequest, "kernel" | "height" | "fees">,
  publicKey: Uint8Array,
  params: StakeSigningParams,
): string | undefined {
  const { stake } = params;
  const [coinbase] = block.transactions;
  const coinstake = coinstakeOf(block, params);
  if (stake === undefined) return "This network has no proof of stake.";
  if (coinbase === undefined || coinstake === undefined) return "The block has no coinstake.";
  if (block.signature.length > 0) return "The block is signed already.";
  const [input, ...others] = coinstake.inputs;
  if (input === undefined || others.length > 0) return "The coinstake spends more than its kernel.";
  const push = heightPush(height);
  const start = coinbase.inputs[0]?.scriptSig.subarray(0, push.length);
  if (!isCoinbase(coinbase) || start === undefined || !equalBytes(start, push)) {
    return `The coinbase is not one of height ${height}.`;
  }
  if (checkStakeBlock(block) !== undefined) return "The coinbase pays, or a coinstake too many.";
  if (checkStakeTime(coinstake, block.header, stake) !== undefined) {
    return "The coinstake is not dated as its block, on a slot.";
  }
  if (fees < 0n) return "Fees are never negative.";
  const reward = blockReward(height, "stake", params);
  return checkPayments(coinstake.outputs.slice(1), {
    kernelScript: kernel.scriptPubKey,
    publicKey,
    value: kernel.value + reward + fees,
  });
}

interface Owed {
  readonly kernelScript: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly value: bigint;
}

/** @param outputs behind the empty one */
function checkPayments(
  outputs: readonly TxOutput[],
  { kernelScript, publicKey, value }: Owed,
): string | undefined {
  const keyPush = plainPush(publicKey);
  const isCold = coldStakingOf(kernelScript) !== undefined;
  const named = outputs[0]?.scriptPubKey ?? new Uint8Array(0);
  const naming = isCold
    ? Uint8Array.of(OP.OP_RETURN, ...keyPush)
    : Uint8Array.of(...keyPush, OP.OP_CHECKSIG);
  if (!equalBytes(named, naming)) return "Output 1 does not name the kernel's key.";
  if (isCold && outputs[0]?.value !== 0n) return "Output 1 burns coins.";

  const payments = isCold ? outputs.slice(1) : outputs;
  const owned = (script: Uint8Array) =>
    isCold
      ? equalBytes(script, kernelScript)
      : coldStakingOf(script) === undefined &&
        equalBytes(ownerScript(script), ownerScript(kernelScript));
  if (!payments.every(({ scriptPubKey }) => owned(scriptPubKey))) {
    return "An output pays elsewhere than to the kernel's owner.";
  }
  if (payments.some((output) => output.value <= 0n)) return "An output holds nothing.";
  const paid = payments.reduce((sum, output) => sum + output.value, 0n);
  return paid === value
    ? undefined
    : `The outputs hold ${paid} base units; kernel, reward and fees are ${value}.`;
}
