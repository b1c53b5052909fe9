import type {
  Checkpoint,
  ConsensusParams,
  Network,
  PinnedSet,
  StakeParams,
} from "#shared/consensus/params.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";

/** A network as plain JSON, in which fields are absent or hold text, numbers, lists and objects. */
export type NetworkJson = Readonly<Record<string, unknown>>;

/**
 * A network as JSON: hashes and targets as people print them, amounts as decimal text, bytes in hex;
 * null for what the network has not. `parseNetwork` reads it back, of a private network.
 */
export function formatNetwork(network: Network): NetworkJson {
  const { addresses, consensus, magic } = network;
  return {
    ...network,
    magic: toHex(magic),
    addresses: { ...addresses, bech32: addresses.bech32 ?? null },
    consensus: formatConsensus(consensus),
  };
}

function formatConsensus(consensus: ConsensusParams): NetworkJson {
  const { genesis, work, stake, premine, maxMoney, checkpoints, assumeValid } = consensus;
  return {
    ...consensus,
    genesis: { raw: toHex(genesis.raw), hash: toHashHex(genesis.hash) },
    work: {
      ...work,
      limit: formatTarget(work.limit),
      reward: work.reward.toString(),
      halvingBlocks: work.halvingBlocks ?? null,
    },
    stake: stake === undefined ? null : formatStake(stake),
    premine: premine === undefined ? null : { ...premine, reward: premine.reward.toString() },
    maxMoney: maxMoney.toString(),
    driftSwitch: consensus.driftSwitch ?? null,
    checkpoints: checkpoints.map(formatCheckpoint),
    assumeValid: formatHash(assumeValid),
    pinnedSets: consensus.pinnedSets.map(formatPinnedSet),
    genesisBits: consensus.genesisBits.toString(16).padStart(8, "0"),
  };
}

function formatStake(stake: StakeParams): NetworkJson {
  return { ...stake, limit: formatTarget(stake.limit), reward: stake.reward.toString() };
}

function formatCheckpoint({ height, hash, stakeModifier }: Checkpoint): NetworkJson {
  return { height, hash: toHashHex(hash), stakeModifier: toHashHex(stakeModifier) };
}

function formatPinnedSet({ height, hash, muhash }: PinnedSet): NetworkJson {
  return { height, hash: toHashHex(hash), muhash: toHashHex(muhash) };
}

function formatHash(hash: Hash256 | undefined): string | null {
  return hash === undefined ? null : toHashHex(hash);
}

function formatTarget(target: bigint): string {
  return target.toString(16).padStart(64, "0");
}
