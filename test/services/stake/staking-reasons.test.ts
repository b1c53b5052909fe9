import { describe, expect, it } from "vitest";
import {
  coinReason,
  nodeReason,
  type StakingFacts,
  type Surroundings,
} from "#services/stake/staking-reason.ts";
import { surveyCoins } from "#services/stake/survey-coins.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { STAKE_REASONS, type StakeReasonCode } from "#shared/ports/staking.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import type { StakeCoin } from "#shared/primitives/stake-coin.ts";
import { coldStakingScript, madeUpOutpoint, signer } from "../../support/block-builder.ts";
import { openStakingNode, type StakingNode } from "../../support/staking-node.ts";

const key = signer(7);
const COIN = 100_000_000n;
const TIP_HEIGHT = 1_000;
const NOW = unixSeconds(1_600_000_000);
const { stake } = exosRegtest.consensus;
if (stake === undefined) throw new RangeError("the network stakes");
/** Rules of the development network on one where peers and the tip's age mean something. */
const PUBLIC: Network = { ...exosRegtest, name: "public", kind: "test" };

interface MadeCoin {
  readonly depth?: number;
  readonly kind?: CoinKind;
  readonly value?: bigint;
  readonly script?: Uint8Array;
  readonly branch?: "plain" | "hot";
}

/** A coin that stakes, but for what is changed. `depth`: as the next block counts it. */
function coinOf(made: MadeCoin = {}): StakeCoin {
  const { depth = 10, kind = "ordinary", value = COIN, branch = "plain" } = made;
  const scriptPubKey = made.script ?? key.payToHash;
  const at = { height: height(TIP_HEIGHT + 1 - depth), time: unixSeconds(NOW - 64 * depth) };
  const coin = { value: amount(value), scriptPubKey, kind, ...at };
  return { outpoint: madeUpOutpoint(depth), coin, branch, publicKey: key.publicKey };
}

/** What a test changes about a node that stakes. */
interface Broken {
  readonly facts?: Partial<StakingFacts>;
  readonly around?: Partial<Surroundings>;
  readonly coins?: readonly StakeCoin[];
  readonly isColdActive?: boolean;
}

function reasonOf(broken: readonly Broken[]) {
  const merged = Object.assign({}, ...broken.map(({ facts }) => facts)) as Partial<StakingFacts>;
  const around = Object.assign({}, ...broken.map((one) => one.around)) as Partial<Surroundings>;
  const made = broken.flatMap(({ coins }) => coins ?? []);
  const coins = broken.some((one) => one.coins !== undefined) ? made : [coinOf()];
  const reserve = merged.reserve ?? 0n;
  const survey = surveyCoins(coins, {
    height: height(TIP_HEIGHT + 1),
    params: { ...exosRegtest.consensus, stake: stake ?? fail() },
    isColdActive: !broken.some(({ isColdActive }) => isColdActive === false),
    valueMin: amount(COIN / 10n),
    reserve: amount(reserve),
  });
  const facts: StakingFacts = {
    network: PUBLIC,
    now: NOW,
    enabled: true,
    wallets: 1,
    openWallets: 1,
    signerFault: undefined,
    around: { clockSkewSeconds: 0, peers: 3, syncing: undefined, ...around },
    tip: { height: TIP_HEIGHT, time: unixSeconds(NOW - 64) },
    reserve,
    slotSeconds: 16,
    survey,
    chancePerSlot: 0.001,
    ...merged,
  };
  return nodeReason(facts) ?? coinReason(facts);
}

function fail(): never {
  throw new RangeError("the network stakes");
}

const stale = { height: TIP_HEIGHT, time: unixSeconds(NOW - 16 * 64 - 1) };

/** One fault for each state, in the order of the table, and a word of its sentence. */
const FAULTS: readonly (readonly [StakeReasonCode, Broken, RegExp])[] = [
  ["off", { facts: { enabled: false } }, /switched off/],
  ["no-wallet", { facts: { wallets: 0, openWallets: 0 } }, /No wallet/],
  ["locked", { facts: { openWallets: 0 } }, /no loaded wallet has its staking keys/i],
  ["signer-down", { facts: { signerFault: "unplugged" } }, /failed: unplugged/],
  ["clock-skew", { around: { clockSkewSeconds: -6 } }, /6 s behind/],
  ["no-peers", { around: { peers: 0 } }, /No peer/],
  ["syncing", { around: { syncing: { phase: "headers", etaSeconds: 9 } } }, /headers/],
  ["tip-stale", { facts: { tip: stale } }, /17 minutes old/],
  ["no-coins", { coins: [] }, /no confirmed coin/],
  ["reserved", { facts: { reserve: 1n } }, /0\.00000001 TEXOS leaves/],
  ["confirming", { coins: [coinOf({ depth: 7 })] }, /too young to stake; the first .* 3 blocks/],
  ["maturing", { coins: [coinOf({ depth: 4, kind: "coinstake" })] }, /not mature; .* 6 blocks/],
  ["too-small", { coins: [coinOf({ value: COIN / 10n - 1n })] }, /below what stakes/],
  ["script-type", { coins: [coinOf({ script: Uint8Array.of(0x51) })] }, /does not stake/],
  [
    "cold-inactive",
    {
      isColdActive: false,
      coins: [coinOf({ script: coldStakingScript(key, signer(9)), branch: "hot" })],
    },
    /lent/,
  ],
  ["searching", {}, /a block within a day by 99\.\d %/],
];

describe("the reason why a node does not stake", () => {
  it("is there for every state of the table, in its order", () => {
    expect(FAULTS.map(([code]) => code)).toEqual(STAKE_REASONS);
  });

  it.each(FAULTS)("is %s where that alone is wrong", (code, broken, text) => {
    const reason = reasonOf([broken]);
    expect(reason.code).toBe(code);
    expect(reason.text).toMatch(text);
    expect(reason.text).toMatch(/^[A-Z1-9].*\.$/);
    expect(reason.fix).toMatch(/^[A-Z].*\.$/);
    expect(reason.waitSeconds).toBeGreaterThan(0);
  });

  it.each(FAULTS.map(([code], index) => [code, index] as const))(
    "is %s where that and everything behind it is wrong",
    (code, index) => {
      // A reserve leaves nothing free only as long as the coins are few.
      const rest = FAULTS.slice(index).filter(([name]) => name !== "reserved" || name === code);
      const broken = rest.map(([, one]) => (code === "reserved" ? { ...one, coins: [] } : one));
      const own = code === "reserved" ? [{ coins: [coinOf({ depth: 3 })] }, ...broken] : broken;
      const reason = reasonOf(code === "no-coins" ? [{ coins: [] }] : own);
      expect(reason.code).toBe(code);
    },
  );
});

describe("the bounds of the states", () => {
  const at = (broken: Broken) => reasonOf([broken]).code;

  it("are five seconds of clock, sixteen spacings of age, and a tenth of a coin", () => {
    expect(at({ around: { clockSkewSeconds: 5 } })).toBe("searching");
    expect(at({ around: { clockSkewSeconds: 6 } })).toBe("clock-skew");
    const age = (seconds: number) => ({
      facts: { tip: { height: TIP_HEIGHT, time: unixSeconds(NOW - seconds) } },
    });
    expect(at(age(16 * 64))).toBe("searching");
    expect(at(age(16 * 64 + 1))).toBe("tip-stale");
    expect(at({ coins: [coinOf({ value: COIN / 10n })] })).toBe("searching");
  });

  it("are the exact depth of the rules", () => {
    expect(at({ coins: [coinOf({ depth: 9 })] })).toBe("confirming");
    expect(at({ coins: [coinOf({ depth: 10 })] })).toBe("searching");
    expect(at({ coins: [coinOf({ depth: 9, kind: "coinbase" })] })).toBe("maturing");
    expect(at({ coins: [coinOf({ depth: 10, kind: "coinbase" })] })).toBe("searching");
  });

  it("leave a development network alone with peers and the age of its tip", () => {
    const network = exosRegtest;
    expect(at({ facts: { network }, around: { peers: 0 } })).toBe("searching");
    expect(at({ facts: { network, tip: stale } })).toBe("searching");
  });

  it("keep a reserve whole, coin by coin, and never hold back what others lend", () => {
    const coins = [5n, 3n, 2n].map((value) => coinOf({ value: value * COIN }));
    const lent = coinOf({
      value: 9n * COIN,
      script: coldStakingScript(key, signer(9)),
      branch: "hot",
    });
    const weight = (reserve: bigint) =>
      surveyCoins([...coins, lent], {
        height: height(TIP_HEIGHT + 1),
        params: { ...exosRegtest.consensus, stake: stake ?? fail() },
        isColdActive: true,
        valueMin: amount(1n),
        reserve: amount(reserve * COIN),
      }).weight / COIN;
    expect([0n, 1n, 2n, 5n, 6n, 8n, 9n, 10n].map(weight)).toEqual(
      [10n, 8n, 8n, 5n, 3n, 2n, 0n, 0n].map((own) => own + 9n),
    );
  });
});

describe("a minter", () => {
  /** What is done to a node, and what it says then. */
  const rows: readonly (readonly [StakeReasonCode, (node: StakingNode) => Promise<void> | void])[] =
    [
      ["off", ({ minter }) => minter.stop()],
      ["no-wallet", ({ wallet }) => void Object.assign(wallet, { isLoaded: false })],
      ["locked", ({ wallet }) => void Object.assign(wallet, { state: "locked" })],
      [
        "clock-skew",
        ({ state }) =>
          void Object.assign(state, { around: { ...state.around, clockSkewSeconds: 60 } }),
      ],
      [
        "no-peers",
        ({ state }) => void Object.assign(state, { around: { ...state.around, peers: 0 } }),
      ],
      [
        "syncing",
        ({ state }) => {
          state.around = { ...state.around, syncing: { phase: "blocks", etaSeconds: undefined } };
        },
      ],
    ];

  it.each(rows)("stops for %s, says since when, and goes on when it is over", async (code, act) => {
    const node = openStakingNode({ key, network: PUBLIC });
    const regtest = openStakingNode({ key });
    await regtest.mine(12, 100);
    const tip = await regtest.stores.coins.tip();
    for (const hash of tip?.win.slice(1) ?? []) {
      const body = await regtest.stores.blocks.get(hash);
      if (body !== undefined) await node.submit(body);
    }
    await act(node);
    await node.nextSlot();
    const since = node.clock.now();
    expect(await node.height()).toBe(12);
    node.clock.advance(8_000);
    const status = await node.minter.status();
    expect(status).toMatchObject({ searching: false, reason: { code, since } });
    expect(status.reason.next).toBeGreaterThan(node.clock.now());

    node.wallet.isLoaded = true;
    node.wallet.state = "staking-only";
    node.state.around = { clockSkewSeconds: 0, peers: 1, syncing: undefined };
    await node.minter.start();
    await node.nextSlot();
    expect(await node.height()).toBe(13);
    expect(node.deps.metrics.expose()).toMatch(/exos_stake_state\{reason="tip-stale"\} 1/);
  });

  it("opens a wallet for staking alone when it is started with its password", async () => {
    const node = openStakingNode({ key, settings: { enabled: false } });
    node.wallet.state = "locked";
    const wrong = await node.minter.start({ name: undefined, password: "wrong" });
    expect(wrong).toMatchObject({ error: { code: "EXOS-E5002" } });
    expect((await node.minter.status()).enabled).toBe(false);
    await node.minter.start({ name: undefined, password: "right" });
    expect(node.wallet.state).toBe("staking-only");
    expect((await node.minter.status()).enabled).toBe(true);
  });

  it("does not take a fault of the signer for one of its own", async () => {
    const node = openStakingNode({ key });
    await node.mine(12, 100);
    node.wallet.fault = new StoreFault("gone", { retryable: false });
    await node.nextSlot();
    expect(node.log.records.map(({ code }) => code)).toContain("EXOS-E6001");
  });
});
