import { decodeBlock } from "#shared/codec/decode-block.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { nextBits } from "#shared/consensus/next-bits.ts";
import type { ConsensusParams, Network } from "#shared/consensus/params.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import { checkKernel } from "#shared/consensus/rules/check-kernel.ts";
import { checkParentModifier } from "#shared/consensus/rules/check-parent-modifier.ts";
import { checkStakeDepth } from "#shared/consensus/rules/check-stake-depth.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { DigestSigner } from "#shared/ports/digest-signer.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Block } from "#shared/primitives/block.ts";
import { type Amount, amount, height } from "#shared/primitives/brand.ts";
import type { Coin, CoinsReader } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import { stakeToSign } from "#shared/wallet/stake-to-sign.ts";
import { readSpent } from "./read-spent.ts";

/** The chain by which a template is judged, and the key. */
export interface SignOnTipDeps {
  readonly network: Pick<Network, "consensus">;
  readonly coins: Pick<CoinStore, "tip" | "read" | "frozen">;
  readonly headers: Pick<HeaderStore, "get">;
  readonly key: DigestSigner;
}

/**
 * Sign a template of the next block, whoever asks and whatever he says of it: kernel, height and fees
 * are read from the chain itself. So who faces peers may ask for a stake and can never spend.
 *
 * @param template as in `StakeRequest`: without signatures and root
 * @returns the whole block; refusals E5016 and E5017
 * @throws StoreFault when the stores or the key failed
 * @source cloud.md 9.2; exos-l1.md 8.2
 */
export async function signOnTip(
  template: Uint8Array,
  deps: SignOnTipDeps,
): Promise<Result<Uint8Array, Refusal>> {
  const { network, key } = deps;
  const params = network.consensus;
  const decoded = decodeBlock(template, params.wire);
  if (!decoded.ok) return refuse("The bytes are no block.");
  const tip = await deps.coins.tip();
  const parent = tip === undefined ? undefined : (await deps.headers.get(tip.hash))?.record;
  if (tip === undefined || parent === undefined) return refuse("There is no chain to build on.");
  const read = await readSpent(spentBy(decoded.value), tip, deps.coins);
  const judged = judgeOnTip(decoded.value, { parent, coins: read, params });
  if (!judged.ok) return judged;
  const { kernel, fees } = judged.value;
  const request = { block: template, kernel, height: height(parent.height + 1), fees };
  const coinstake = stakeToSign(request, await key.publicKey(), params);
  if (!coinstake.ok) return coinstake;
  const block = coinstake.value.withInput(await key.sign(coinstake.value.digest));
  return { ok: true, value: block.withSignature(await key.sign(block.digest)) };
}

function refuse(message: string): ReturnType<typeof refusal> {
  return refusal("EXOS-E5016", message);
}

interface Place {
  readonly parent: HeaderRecord;
  readonly coins: CoinsReader;
  readonly params: ConsensusParams;
}

/** What the chain says of a template: its kernel and its fees, or why it is none for the next block. */
function judgeOnTip(
  block: Block,
  { parent, coins, params }: Place,
): Result<{ readonly kernel: Coin; readonly fees: Amount }, Refusal> {
  const { header } = block;
  const { stake } = params;
  const coinstake = coinstakeOf(block, params);
  const prevout = coinstake?.inputs[0]?.prevout;
  if (stake === undefined || coinstake === undefined || prevout === undefined) {
    return refuse("The block has no coinstake.");
  }
  if (toHashHex(header.prev) !== parent.hash) return refuse("The block does not follow the tip.");
  if (header.bits !== nextBits(parent, "stake", params)) return refuse("Its target is another.");
  const kernel = coins.coin(prevout);
  if (kernel === undefined) return refuse("The kernel is no coin of the chain.");
  const proof = { modifier: parent.stakeModifier, prevout, stakeTime: coinstake.time };
  const wrong =
    checkParentModifier(header, parent) ??
    checkStakeDepth(kernel, height(parent.height + 1), stake) ??
    checkKernel(proof, kernel, header.bits);
  if (wrong !== undefined) return refuse(`The kernel proves nothing: ${wrong.code}.`);
  const fees = feesOf(block, coins);
  return fees === undefined
    ? refuse("A transaction spends what is no coin, or more than it has.")
    : { ok: true, value: { kernel, fees } };
}

/** What the ordinary transactions leave. @returns `undefined` where one could stand in no block */
function feesOf({ transactions }: Block, coins: CoinsReader): Amount | undefined {
  const made = new Map<string, bigint>();
  const spent = new Set<string>();
  let fees = 0n;
  for (const [position, tx] of transactions.entries()) {
    let left = 0n;
    for (const { prevout } of position < 2 ? [] : tx.inputs) {
      const name = outpointKey(prevout);
      const value = made.get(name) ?? coins.coin(prevout)?.value;
      if (value === undefined || spent.has(name)) return undefined;
      spent.add(name);
      left += value;
    }
    for (const [index, { value }] of tx.outputs.entries()) {
      made.set(outpointKey({ txid: tx.txid, index }), value);
      left -= value;
    }
    if (position < 2) continue;
    if (left < 0n) return undefined;
    fees += left;
  }
  return amount(fees);
}

/** Every coin that a block spends and does not make. */
function spentBy({ transactions }: Block): readonly Outpoint[] {
  const own = new Set(transactions.map(({ txid }) => toHashHex(txid)));
  const [, ...spending] = transactions;
  return spending
    .flatMap(({ inputs }) => inputs.map(({ prevout }) => prevout))
    .filter(({ txid }) => !own.has(toHashHex(txid)));
}
