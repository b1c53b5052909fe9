import { checkpointsOf } from "#shared/consensus/networks/checkpoint-table.ts";
import { EXOS_CHECKPOINTS } from "#shared/consensus/networks/exos-checkpoints.ts";
import { exosGenesis } from "#shared/consensus/networks/exos-genesis.ts";
import { exosStake } from "#shared/consensus/networks/exos-stake.ts";
import type { Deployment, Network } from "#shared/consensus/params.ts";
import {
  amount,
  compactBits,
  type HashHex,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";

const COIN = 100_000_000n;

/**
 * What later nodes of this chain may have activated. Taken above the last checkpoint of the
 * reference only, its state computed from headers; nothing else of theirs is followed.
 * @source OpenExoMain.cs (block-core/blockcore e006b91f4); exos-l1.md 0.1, 11.1
 */
const LATER = {
  start: unixSeconds(1_590_969_600),
  timeout: unixSeconds(1_622_505_600),
  heightMin: height(790_001),
};

const DEPLOYMENTS: readonly Deployment[] = [
  {
    name: "coldstaking",
    bit: 2,
    start: unixSeconds(1_543_622_400),
    timeout: unixSeconds(1_575_158_400),
    heightMin: height(0),
  },
  { name: "csv", bit: 0, ...LATER },
  { name: "segwit", bit: 1, ...LATER },
  { name: "coldstaking", bit: 27, ...LATER },
];

/** The main network. @source EXOSMain.cs (EXOSFullNode e61c2e61); exos-l1.md 1 */
export const exos: Network = {
  name: "exos",
  kind: "main",
  ticker: "EXOS",
  magic: Uint8Array.of(0x28, 0x62, 0x48, 0x76),
  ports: { p2p: 4562, rpc: 4561, http: 39120 },
  addresses: { p2pkh: 28, p2sh: 87, wif: 156, bech32: undefined, bip44CoinType: 248 },
  consensus: {
    wire: { transactionTime: true, blockSignature: true, oldHeaderHash: "x13" },
    dialect: "exos",
    genesis: {
      raw: exosGenesis(
        "01000000000000000000000000000000000000000000000000000000000000000000000037f9213c" +
          "75cdf69ddcdad39ae6f7bf80671ce70849b64bf77f45eb16a1a8c4850044ca5affff0f1e0fdc0c00",
      ),
      hash: fromHashHex(
        "00000036090a68c523471da7a4f0f958c1b4403fef74a003be7f71877699cab7" as HashHex,
      ),
    },
    work: {
      limit: (1n << 236n) - 1n,
      retarget: true,
      hash: "x13",
      reward: amount(12n * COIN),
      halvingBlocks: undefined,
    },
    stake: exosStake,
    spacingSeconds: 64,
    premine: { height: height(2), reward: amount(300_000_000n * COIN) },
    maxMoney: amount(2n ** 63n - 1n),
    maturityBlocks: 50,
    reorgBlocksMax: 500,
    driftSwitch: unixSeconds(1_526_428_800),
    blockWeightMax: 1_000_000,
    blockSizeStrippedMax: 1_000_000,
    witnessScale: 1,
    blockSigopsCostMax: 20_000,
    deployments: DEPLOYMENTS,
    deploymentWindow: { blocks: 2016, threshold: 1916 },
    checkpoints: checkpointsOf(EXOS_CHECKPOINTS),
    assumeValid: fromHashHex(
      "c31bf78b55f17c1755cb474bd820eb1db8aa564a0d794ac47b415a8f25237a26" as HashHex,
    ),
    pinnedSets: [],
    genesisBits: compactBits(0x1e0fffff),
  },
};
