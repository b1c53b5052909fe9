import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { blockReward } from "#shared/consensus/block-reward.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { StakeParams } from "#shared/consensus/params.ts";
import type { SubmitAnswer } from "#shared/consensus/submit-answer.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Signer } from "#shared/ports/signer.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { WalletStakeCoin } from "#shared/ports/wallets.ts";
import { type Amount, amount, type HashHex, height } from "#shared/primitives/brand.ts";
import { buildCoinstake, isWorthSplitting, type SplitPolicy } from "./build-coinstake.ts";
import { buildTemplate } from "./build-template.ts";
import type { StakeDeps } from "./core.ts";
import type { Proof } from "./slot-search.ts";
import type { StakeWallets } from "./stake-wallets.ts";
import { NOTHING_TAKEN, type Taken, takeTransactions } from "./take-transactions.ts";

/** What making a block takes. */
export interface MintDeps extends Pick<StakeDeps, "network" | "mempool" | "submit"> {
  readonly wallets: Pick<StakeWallets, "signer">;
  readonly log: Pick<Log, "warn">;
}

/** Where a block goes, and what decides whether its coin is split. */
export interface MintPlace {
  readonly parent: HeaderRecord;
  readonly stake: StakeParams;
  /** Sum of the coins that stake. */
  readonly stakedWeight: Amount;
  readonly split: SplitPolicy;
}

/** What became of a proof. */
export type Minted =
  | {
      readonly state: "won";
      readonly hash: HashHex;
      readonly gain: Amount;
      readonly size: number;
      readonly transactions: number;
    }
  /** The chain went on meanwhile. */
  | { readonly state: "late" }
  /** This coin makes no block at this slot. */
  | { readonly state: "refused" }
  /** Worth trying again: what the signer failed with, and nothing where it is only locked. */
  | { readonly state: "unsigned"; readonly fault: string | undefined };

/**
 * Make a block of a proof: choose transactions, build, have it signed, hand it in. Refused by our
 * own judge, it is tried once more without anybody's transactions, so that a bad one in the pool
 * cannot stop a staker.
 *
 * @throws StoreFault when pool or validator failed
 * @source exos-l1.md 8.2
 */
export async function mintBlock(
  proof: Proof<WalletStakeCoin>,
  place: MintPlace,
  deps: MintDeps,
): Promise<Minted> {
  const { network, mempool } = deps;
  const at = { parent: place.parent, time: proof.time, kernel: proof.coin.outpoint };
  const taken = await takeTransactions(mempool, at, network.consensus);
  const minted = await offer(proof, taken, { place, deps });
  if (minted.state !== "refused" || taken.transactions.length === 0) return minted;
  return offer(proof, NOTHING_TAKEN, { place, deps });
}

interface Run {
  readonly place: MintPlace;
  readonly deps: MintDeps;
}

async function offer(
  proof: Proof<WalletStakeCoin>,
  taken: Taken,
  { place, deps }: Run,
): Promise<Minted> {
  const { consensus } = deps.network;
  const at = height(place.parent.height + 1);
  const gain = amount(taken.fees + blockReward(at, "stake", consensus));
  const value = amount(proof.coin.coin.value + gain);
  const stakes = { height: at, stakedWeight: place.stakedWeight };
  const params = { maturityBlocks: consensus.maturityBlocks, stake: place.stake };
  const isSplit = isWorthSplitting(value, stakes, place.split, params);
  const coinstake = hashTransaction(
    buildCoinstake({ kernel: proof.coin, time: proof.time, value, isSplit }),
    consensus.wire,
  );
  const parts = { time: proof.time, taken, proof: { kind: "stake", coinstake } } as const;
  const { header, bytes, transactions } = buildTemplate(place.parent, parts, consensus);
  const unsigned = { header: { ...header, bytes }, transactions, signature: new Uint8Array(0) };
  const request = {
    block: encodeBlock(unsigned, consensus.wire),
    kernel: { ...proof.coin.coin, key: proof.coin.key },
    height: at,
    fees: taken.fees,
  };

  const signed = await sign(deps.wallets.signer(proof.coin.wallet), request, deps);
  if (signed.state !== "signed") return signed;
  const { hash, answer } = await deps.submit(signed.block);
  const size = signed.block.length;
  if (answer === null) {
    return { state: "won", hash, gain, size, transactions: transactions.length };
  }
  return judged(answer, { hash, height: at, transactions: transactions.length }, deps);
}

async function sign(
  signer: Pick<Signer, "signStake"> | undefined,
  request: Parameters<Signer["signStake"]>[0],
  { log }: Pick<MintDeps, "log">,
): Promise<{ readonly state: "signed"; readonly block: Uint8Array } | Minted> {
  if (signer === undefined) return { state: "unsigned", fault: undefined };
  try {
    const signed = await signer.signStake(request);
    if (signed.ok) return { state: "signed", block: signed.value };
    // Locked meanwhile: the state says so, and the block waits.
    if (signed.error.code === "EXOS-E5001") return { state: "unsigned", fault: undefined };
    log.warn("EXOS-E6001", "the signer refused a block", { err: signed.error.message });
    return { state: "refused" };
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    log.warn("EXOS-E6001", "the signer failed", { err: cause.message });
    return { state: "unsigned", fault: cause.message };
  }
}

/** What the judge said to a block that did not become the tip. */
function judged(
  answer: Exclude<SubmitAnswer, null>,
  fields: { readonly hash: HashHex; readonly height: number; readonly transactions: number },
  { log }: Pick<MintDeps, "log">,
): Minted {
  if (answer === "inconclusive" || answer === "prev-blk-not-found") return { state: "late" };
  // The very block was made before, and it was invalidated: the next coin or slot makes another.
  if (answer === "duplicate" || answer === "duplicate-invalid") return { state: "refused" };
  log.warn("EXOS-E6002", "a block of our own was refused", { ...fields, reject: answer });
  return { state: "refused" };
}
