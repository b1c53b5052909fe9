import type { Network } from "#shared/consensus/params.ts";
import type { StakeReason, StakeReasonCode } from "#shared/ports/staking.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { StakeCoin } from "#shared/primitives/stake-coin.ts";
import { coinsText, durationText } from "./reason-text.ts";
import type { CoinSurvey } from "./survey-coins.ts";

/** What the rest of the node says about itself. */
export interface Surroundings {
  /** How far the clock is from what most peers say, either way. */
  readonly clockSkewSeconds: number;
  /** `undefined` where a node needs none. */
  readonly peers: number | undefined;
  /** `undefined` at the tip. */
  readonly syncing: { readonly phase: string; readonly etaSeconds: number | undefined } | undefined;
}

/** Everything that decides whether a node stakes. */
export interface StakingFacts {
  readonly network: Pick<Network, "kind" | "ticker"> & {
    readonly consensus: Pick<Network["consensus"], "spacingSeconds" | "maturityBlocks">;
  };
  readonly now: UnixSeconds;
  readonly enabled: boolean;
  /** Loaded wallets, and those of them whose keys are open for staking. */
  readonly wallets: number;
  readonly openWallets: number;
  /** What the signer failed with last, until it signs again. */
  readonly signerFault: string | undefined;
  readonly around: Surroundings;
  readonly tip: { readonly height: number; readonly time: UnixSeconds };
  readonly reserve: bigint;
  readonly slotSeconds: number;
  /** `undefined` while coins are of no interest yet. */
  readonly survey: CoinSurvey<StakeCoin> | undefined;
  /** Of all coins that stake, in one slot. */
  readonly chancePerSlot: number;
}

/** A reason as it is found; since when it holds, its keeper knows. */
export interface FoundReason extends Pick<StakeReason, "code" | "text" | "fix"> {
  /** Seconds until it is worth looking again. */
  readonly waitSeconds: number;
}

/** A clock this far off is not to date blocks. @source interfaces.md 5.4 */
export const CLOCK_SKEW_SECONDS_MAX = 5;
/** Spacings after which a tip is stale. @source interfaces.md 5.4 */
export const STALE_SPACINGS = 16;
/** How soon a cause that may go at any time is looked for again. */
const SOON_SECONDS = 1;

type Finder = (facts: StakingFacts) => Omit<FoundReason, "code"> | undefined;

const soon = (text: string, fix: string) => ({ text, fix, waitSeconds: SOON_SECONDS });

/** Before coins are looked at. A stale tip alone does not stop the search. */
const NODE_FINDERS: readonly (readonly [StakeReasonCode, Finder])[] = [
  [
    "off",
    ({ enabled }) =>
      enabled ? undefined : soon("Staking is switched off.", "Start it with `exos stake start`."),
  ],
  [
    "no-wallet",
    ({ wallets }) =>
      wallets > 0
        ? undefined
        : soon("No wallet is loaded.", "Make one with `exos wallet create NAME`."),
  ],
  [
    "locked",
    ({ openWallets }) =>
      openWallets > 0
        ? undefined
        : soon(
            "No loaded wallet has its staking keys in memory.",
            "Open one with `exos wallet unlock --staking-only`.",
          ),
  ],
  [
    "signer-down",
    ({ signerFault }) =>
      signerFault === undefined
        ? undefined
        : soon(
            `The signer failed: ${signerFault}.`,
            "It is asked again by itself; look at what holds the keys.",
          ),
  ],
  [
    "clock-skew",
    ({ around: { clockSkewSeconds: skew } }) =>
      Math.abs(skew) <= CLOCK_SKEW_SECONDS_MAX
        ? undefined
        : soon(
            `This machine's clock is ${Math.abs(skew)} s ${skew > 0 ? "ahead of" : "behind"} its peers'.`,
            "Set the clock, for instance with `timedatectl set-ntp true`.",
          ),
  ],
  [
    "no-peers",
    ({ network, around: { peers } }) =>
      network.kind === "regtest" || peers === undefined || peers > 0
        ? undefined
        : soon("No peer is connected.", "Add one with `exos rpc addnode HOST:PORT add`."),
  ],
  [
    "syncing",
    ({ around: { syncing } }) =>
      syncing === undefined
        ? undefined
        : {
            text: `The node is not at the tip yet: ${syncing.phase}.`,
            fix: "Wait; `exos status` shows the progress.",
            waitSeconds: syncing.etaSeconds ?? SOON_SECONDS,
          },
  ],
  ["tip-stale", findStaleTip],
];

function findStaleTip({ network, now, tip }: StakingFacts): Omit<FoundReason, "code"> | undefined {
  const age = now - tip.time;
  const { spacingSeconds } = network.consensus;
  if (network.kind === "regtest" || age <= STALE_SPACINGS * spacingSeconds) return undefined;
  return soon(
    `The tip is ${durationText(age)} old; kernels are tried all the same.`,
    "Compare heights with another node; `exos peers` shows who is connected.",
  );
}

/** Once the node is fit: what its coins are. */
const COIN_FINDERS: readonly (readonly [StakeReasonCode, Finder])[] = [
  [
    "no-coins",
    ({ survey }) =>
      survey === undefined || survey.count > 0
        ? undefined
        : soon(
            "The open wallets hold no confirmed coin.",
            "Receive some: `exos address new` shows where to.",
          ),
  ],
  ["reserved", findReserved],
  ["confirming", (facts) => findWaiting(facts, "confirming")],
  ["maturing", (facts) => findWaiting(facts, "maturing")],
  [
    "too-small",
    (facts) =>
      findUnfit(facts, "too-small", "is below what stakes", "Send them to yourself as one coin."),
  ],
  [
    "script-type",
    (facts) =>
      findUnfit(
        facts,
        "script-type",
        "is paid to a script that does not stake",
        "Send them to an address of yours: `exos address new`.",
      ),
  ],
  [
    "cold-inactive",
    (facts) =>
      findUnfit(
        facts,
        "cold-inactive",
        "is lent for staking, which this chain does not allow yet",
        "Wait for the deployment: `exos rpc getblockchaininfo` shows its state.",
      ),
  ],
];

function findReserved({
  survey,
  reserve,
  network,
}: StakingFacts): Omit<FoundReason, "code"> | undefined {
  if (survey === undefined || survey.isAnyFree) return undefined;
  const { ticker } = network;
  return soon(
    `The reserve of ${coinsText(reserve, ticker)} leaves no whole coin of ${coinsText(survey.ownValue, ticker)} to stake.`,
    "Lower it with `exos rpc reservebalance true AMOUNT`.",
  );
}

function findWaiting(
  { survey, network }: StakingFacts,
  state: "confirming" | "maturing",
): Omit<FoundReason, "code"> | undefined {
  const coins = survey?.states[state];
  if (survey === undefined || survey.staking.length > 0 || coins === undefined) return undefined;
  if (coins.count === 0) return undefined;
  const { blocksLeft, count, value } = coins;
  const seconds = blocksLeft * network.consensus.spacingSeconds;
  const what = state === "confirming" ? "too young to stake" : "in rewards that are not mature";
  const sum = coinsText(value, network.ticker);
  return {
    text: `${count} coins with ${sum} are ${what}; the first stakes in ${blocksLeft} blocks, about ${durationText(seconds)}.`,
    fix: "Wait; nothing has to be done.",
    waitSeconds: seconds,
  };
}

function findUnfit(
  { survey, network }: StakingFacts,
  state: "too-small" | "script-type" | "cold-inactive",
  what: string,
  fix: string,
): Omit<FoundReason, "code"> | undefined {
  const coins = survey?.states[state];
  if (survey === undefined || survey.staking.length > 0 || coins === undefined) return undefined;
  if (coins.count === 0) return undefined;
  return soon(
    `Each of ${coins.count} coins with ${coinsText(coins.value, network.ticker)} ${what}.`,
    fix,
  );
}

/** The first reason that holds of those that need no coin. */
export function nodeReason(facts: StakingFacts): FoundReason | undefined {
  return firstOf(NODE_FINDERS, facts);
}

/** The first reason that holds of those about coins; else the search itself. */
export function coinReason(facts: StakingFacts): FoundReason {
  return firstOf(COIN_FINDERS, facts) ?? searching(facts);
}

function firstOf(
  finders: readonly (readonly [StakeReasonCode, Finder])[],
  facts: StakingFacts,
): FoundReason | undefined {
  for (const [code, find] of finders) {
    const found = find(facts);
    if (found !== undefined) return { code, ...found };
  }
  return undefined;
}

const DAY_SECONDS = 86_400;

/** All is well: how long it may take, as slots are independent of each other. */
function searching({ chancePerSlot, slotSeconds }: StakingFacts): FoundReason {
  // No coin wins for sure in a finite time, nor is a logarithm of nothing a number.
  const chance = Math.min(1 - 1e-12, Math.max(chancePerSlot, 1e-18));
  const after = (share: number) =>
    durationText((Math.log1p(-share) / Math.log1p(-chance)) * slotSeconds);
  const today = 100 * -Math.expm1((DAY_SECONDS / slotSeconds) * Math.log1p(-chance));
  const mean = durationText(slotSeconds / chance);
  return {
    code: "searching",
    text: `Kernels are tried; a block within a day by ${today.toFixed(1)} %, on average every ${mean}, nine times of ten between ${after(0.05)} and ${after(0.95)}.`,
    fix: "Nothing has to be done.",
    waitSeconds: slotSeconds,
  };
}
