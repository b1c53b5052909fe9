import type { ConsensusParams, StakeParams } from "#shared/consensus/params.ts";
import { stakeDepth } from "#shared/consensus/stake-depth.ts";
import { type Amount, amount, type Height, type UnixSeconds } from "#shared/primitives/brand.ts";
import type { StakeCoin } from "#shared/primitives/stake-coin.ts";
import type { Transaction, TxOutput } from "#shared/primitives/transaction.ts";
import { OP } from "#shared/script/opcodes.ts";
import { plainPush } from "#shared/script/push.ts";

/** When a coin is split as it stakes. */
export interface SplitPolicy {
  readonly enabled: boolean;
  /** What each of the eight parts must exceed, in base units. */
  readonly valueMin: Amount;
}

/** What a coinstake pays, and the rest that decides its shape. */
export interface CoinstakePlan {
  readonly kernel: StakeCoin;
  /** Of the block. */
  readonly time: UnixSeconds;
  /** Kernel, reward and fees: all that goes back. */
  readonly value: Amount;
  readonly isSplit: boolean;
}

const FINAL_SEQUENCE = 0xffff_ffff;
/** Parts of a coin that is split. */
export const SPLIT_PARTS = 8n;
/** A wallet aims at so many coins for each block that a coin rests. */
const COINS_PER_BLOCK_OF_REST = 3n;
const COIN = 100_000_000n;

/**
 * The coinstake without its signature: one input, an empty output that marks it, and everything
 * back to where it came from. A coin of a key or its hash is paid to the key; a cold-staking coin
 * names the hot key in an output of its own and is paid to its own script.
 *
 * @source PosMinting.cs CreateCoinstake, PrepareCoinStakeTransactions (EXOSFullNode e61c2e61);
 *   exos-l1.md 8.2
 */
export function buildCoinstake({ kernel, time, value, isSplit }: CoinstakePlan): Transaction {
  const { publicKey, branch, coin, outpoint } = kernel;
  const key = plainPush(publicKey);
  const isHot = branch === "hot";
  const script = isHot ? coin.scriptPubKey : Uint8Array.of(...key, OP.OP_CHECKSIG);
  const naming: TxOutput[] = isHot ? [output(0n, Uint8Array.of(OP.OP_RETURN, ...key))] : [];
  const part = isSplit ? value / SPLIT_PARTS : 0n;
  const rest = isSplit ? Array<bigint>(Number(SPLIT_PARTS) - 1).fill(part) : [];
  const first = value - rest.reduce((sum, one) => sum + one, 0n);
  return {
    version: 1,
    time,
    inputs: [
      {
        prevout: outpoint,
        scriptSig: new Uint8Array(0),
        sequence: FINAL_SEQUENCE,
        witness: [],
      },
    ],
    outputs: [
      output(0n, new Uint8Array(0)),
      ...naming,
      ...[first, ...rest].map((one) => output(one, script)),
    ],
    lockTime: 0,
  };
}

function output(value: bigint, scriptPubKey: Uint8Array): TxOutput {
  return { value: amount(value), scriptPubKey };
}

/**
 * Whether a coin that stakes is to come back in eight parts: where they are worth it, and where it
 * is above what each coin would hold if enough of them shared all that stakes.
 *
 * @param value what comes back
 * @param stakedWeight sum of the coins that stake
 * @source PosMinting.cs ShouldSplitStake (EXOSFullNode e61c2e61); exos-l1.md 8.2
 */
export function isWorthSplitting(
  value: Amount,
  at: { readonly height: Height; readonly stakedWeight: Amount },
  { enabled, valueMin }: SplitPolicy,
  params: Pick<ConsensusParams, "maturityBlocks"> & { readonly stake: StakeParams },
): boolean {
  if (!enabled || value <= SPLIT_PARTS * valueMin) return false;
  const restBlocks = Math.max(params.maturityBlocks, stakeDepth(at.height, params.stake));
  const coins = BigInt(restBlocks + 1) * COINS_PER_BLOCK_OF_REST;
  return value > at.stakedWeight / coins + COIN;
}
