import type {
  Amount,
  CompactBits,
  Hash256,
  Height,
  UnixSeconds,
} from "#shared/primitives/brand.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** A BIP9 deployment. @source exos-l1.md 3.8 */
export interface Deployment {
  readonly name: "coldstaking" | "csv" | "segwit" | "testdummy";
  readonly bit: number;
  /** `"always"`: active from genesis. */
  readonly start: UnixSeconds | "always";
  readonly timeout: UnixSeconds;
  /** Never counted below this height. */
  readonly heightMin: Height;
}

/** A block that the chain must have at its height. */
export interface Checkpoint {
  readonly height: Height;
  /** Wire order, as every `Hash256`. */
  readonly hash: Hash256;
  readonly stakeModifier: Hash256;
}

/** The unspent set at a block, as whoever wrote the network down counted it. @source cloud.md 5.4 "Trust" */
export interface PinnedSet {
  readonly height: Height;
  readonly hash: Hash256;
  /** MuHash of the set, the bytes as those of a hash. */
  readonly muhash: Hash256;
}

/** Proof of stake, or nothing of it. */
export interface StakeParams {
  /** Largest target of a proof-of-stake block, at full precision. */
  readonly limit: bigint;
  readonly retarget: boolean;
  readonly reward: Amount;
  /** Bits of a coinstake's time that must be zero. */
  readonly timeMask: number;
  /** Confirmations a kernel needs: the entry with the highest `from` at or below the height. */
  readonly depth: readonly { readonly from: Height; readonly blocks: number }[];
  /** Last height at which proof of work is legal. */
  readonly lastWorkHeight: Height;
}

/**
 * The rules of one network as constants. Facts about the chain, never about a machine or a city.
 * @source exos-l1.md 1; networks.md
 */
export interface ConsensusParams {
  readonly wire: WireFormat;
  /** EXOS with its deviations (spec 5.4), or Bitcoin Core's rules for script, block, transaction. */
  readonly dialect: "exos" | "bitcoin";
  readonly genesis: { readonly raw: Uint8Array; readonly hash: Hash256 };
  readonly work: {
    /** Largest target of a proof-of-work block, at full precision. */
    readonly limit: bigint;
    readonly retarget: boolean;
    /** Whether the proof is X13 of the header, or its double SHA-256. */
    readonly hash: "x13" | "sha256d";
    readonly reward: Amount;
    /** Blocks between halvings; `undefined`: never. */
    readonly halvingBlocks: number | undefined;
  };
  readonly stake: StakeParams | undefined;
  readonly spacingSeconds: number;
  readonly premine: { readonly height: Height; readonly reward: Amount } | undefined;
  /** Largest amount any output, or any sum of outputs, may hold. */
  readonly maxMoney: Amount;
  /** Blocks between a minted coin and its first spend. */
  readonly maturityBlocks: number;
  /** Deepest reorganisation that is followed, in blocks. */
  readonly reorgBlocksMax: number;
  /** Future drift is 460,800 s up to this time and 15 s after it; `undefined`: no such rule. */
  readonly driftSwitch: UnixSeconds | undefined;
  readonly blockWeightMax: number;
  readonly blockSizeStrippedMax: number;
  readonly witnessScale: number;
  readonly blockSigopsCostMax: number;
  readonly deployments: readonly Deployment[];
  readonly deploymentWindow: { readonly blocks: number; readonly threshold: number };
  /** Ascending. */
  readonly checkpoints: readonly Checkpoint[];
  readonly assumeValid: Hash256 | undefined;
  /** Ascending. A snapshot at one of these heights is this set or is refused. */
  readonly pinnedSets: readonly PinnedSet[];
  /** Bits that a template starts from where nothing else says so. */
  readonly genesisBits: CompactBits;
}

/** How addresses and keys of a network are printed. @source exos-l1.md 1.2 */
export interface AddressParams {
  readonly p2pkh: number;
  readonly p2sh: number;
  readonly wif: number;
  /** `undefined` where no witness address exists. */
  readonly bech32: string | undefined;
  readonly bip44CoinType: number;
}

/** One network: a file under `networks/`, or a private one from JSON with the same fields. */
export interface Network {
  readonly name: string;
  readonly kind: "main" | "test" | "regtest";
  readonly ticker: string;
  /** Four bytes before every message and every block in a chain file. */
  readonly magic: Uint8Array;
  readonly ports: { readonly p2p: number; readonly rpc: number; readonly http: number };
  readonly addresses: AddressParams;
  readonly consensus: ConsensusParams;
}
