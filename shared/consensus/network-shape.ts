import {
  bits,
  bytes,
  either,
  type Field,
  flag,
  hash,
  integer,
  list,
  mapped,
  money,
  object,
  optional,
  target,
  text,
  word,
} from "#shared/consensus/network-fields.ts";
import type {
  AddressParams,
  Checkpoint,
  ConsensusParams,
  Deployment,
  Network,
  PinnedSet,
  StakeParams,
} from "#shared/consensus/params.ts";
import { amount, compactBits, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

const HEIGHT_MAX = 0x7fff_ffff;
/** Deepest reorganisation: with a branch that is still lighter it fits the window of a tip. */
const REORG_BLOCKS_MAX = 1_024;
const TIME_MAX = 0xffff_ffff;
/** Of a block: the most that the stores and chain files hold. */
const BYTES_MAX = 4 * 1_048_576;
const GENESIS_BYTES_MIN = 81;
const GENESIS_BYTES_MAX = 100_000;
const CHECKPOINTS_MAX = 10_000;
const PINNED_SETS_MAX = 1_000;

/** What fits in the 160 bytes of a header's context. */
const DEPLOYMENTS_MAX = 16;

const block = mapped(integer(0, HEIGHT_MAX), height);
const blocks = integer(0, HEIGHT_MAX);
const seconds = mapped(integer(0, TIME_MAX), unixSeconds);
const units = mapped(money, amount);
const port = integer(1, 65_535);
const byte = integer(0, 255);

const addresses: Field<AddressParams> = object({
  p2pkh: byte,
  p2sh: byte,
  wif: byte,
  bech32: optional(text(/^[a-z]{1,20}$/, "1 to 20 small letters")),
  bip44CoinType: integer(0, HEIGHT_MAX),
});

const wire: Field<WireFormat> = object({
  transactionTime: flag,
  blockSignature: flag,
  oldHeaderHash: word("x13", "sha256d"),
});

const stake: Field<StakeParams> = object({
  limit: target,
  retarget: flag,
  reward: units,
  timeMask: integer(0, TIME_MAX),
  depth: list(object({ from: block, blocks }), 100),
  lastWorkHeight: block,
});

const deployment: Field<Deployment> = object({
  name: word("coldstaking", "csv", "segwit", "testdummy"),
  bit: integer(0, 28),
  start: either(word("always"), seconds),
  timeout: seconds,
  heightMin: block,
});

const checkpoint: Field<Checkpoint> = object({ height: block, hash, stakeModifier: hash });

const pinnedSet: Field<PinnedSet> = object({ height: block, hash, muhash: hash });

const consensus: Field<ConsensusParams> = object({
  wire,
  dialect: word("exos", "bitcoin"),
  genesis: object({ raw: bytes(GENESIS_BYTES_MIN, GENESIS_BYTES_MAX), hash }),
  work: object({
    limit: target,
    retarget: flag,
    hash: word("x13", "sha256d"),
    reward: units,
    halvingBlocks: optional(integer(1, HEIGHT_MAX)),
  }),
  stake: optional(stake),
  spacingSeconds: integer(1, TIME_MAX),
  premine: optional(object({ height: block, reward: units })),
  maxMoney: units,
  maturityBlocks: blocks,
  reorgBlocksMax: integer(1, REORG_BLOCKS_MAX),
  driftSwitch: optional(seconds),
  blockWeightMax: integer(1, BYTES_MAX),
  blockSizeStrippedMax: integer(1, BYTES_MAX),
  witnessScale: integer(1, 100),
  blockSigopsCostMax: integer(1, BYTES_MAX),
  deployments: list(deployment, DEPLOYMENTS_MAX),
  deploymentWindow: object({
    blocks: integer(1, HEIGHT_MAX),
    threshold: integer(1, HEIGHT_MAX),
  }),
  checkpoints: list(checkpoint, CHECKPOINTS_MAX),
  assumeValid: optional(hash),
  // A file of before there were any says nothing of them.
  pinnedSets: mapped(optional(list(pinnedSet, PINNED_SETS_MAX)), (sets) => sets ?? []),
  genesisBits: mapped(bits, compactBits),
});

/** A network as JSON has it. */
export const networkShape: Field<Network> = object({
  name: text(/^[a-z][a-z0-9-]{0,31}$/, "1 to 32 small letters, digits and hyphens, a letter first"),
  kind: word("main", "test", "regtest"),
  ticker: text(/^[A-Z0-9]{1,10}$/, "1 to 10 capital letters and digits"),
  magic: bytes(4, 4),
  ports: object({ p2p: port, rpc: port, http: port }),
  addresses,
  consensus,
});
