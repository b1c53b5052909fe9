import type { Network } from "#shared/consensus/params.ts";
import {
  amount,
  compactBits,
  type HashHex,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { fromHex } from "#shared/primitives/hex.ts";

const COIN = 100_000_000n;

/** Active from the first block, by no vote. */
const ALWAYS = { bit: 28, start: "always", timeout: unixSeconds(0), heightMin: height(0) } as const;

/**
 * Bitcoin's network for development, to be measured against Bitcoin software. Reorganisations are
 * bounded as on the other networks, which Bitcoin's node does not do; taproot is not judged.
 * @source CRegTestParams, bitcoin/bitcoin v25 chainparams.cpp; networks.md
 */
export const bitcoinRegtest: Network = {
  name: "bitcoin-regtest",
  kind: "regtest",
  ticker: "RBTC",
  magic: Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda),
  ports: { p2p: 18_444, rpc: 18_443, http: 39_123 },
  addresses: { p2pkh: 111, p2sh: 196, wif: 239, bech32: "bcrt", bip44CoinType: 1 },
  consensus: {
    wire: { transactionTime: false, blockSignature: false, oldHeaderHash: "sha256d" },
    dialect: "bitcoin",
    genesis: {
      raw: fromHex(
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd" +
          "7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000" +
          "0101000000010000000000000000000000000000000000000000000000000000000000000000ffff" +
          "ffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c" +
          "6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73" +
          "ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a6" +
          "7962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f" +
          "ac00000000",
      ),
      hash: fromHashHex(
        "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206" as HashHex,
      ),
    },
    work: {
      limit: (1n << 255n) - 1n,
      retarget: false,
      hash: "sha256d",
      reward: amount(50n * COIN),
      halvingBlocks: 150,
    },
    stake: undefined,
    spacingSeconds: 600,
    premine: undefined,
    maxMoney: amount(21_000_000n * COIN),
    maturityBlocks: 100,
    reorgBlocksMax: 500,
    driftSwitch: undefined,
    blockWeightMax: 4_000_000,
    blockSizeStrippedMax: 1_000_000,
    witnessScale: 4,
    blockSigopsCostMax: 80_000,
    deployments: [
      { name: "csv", ...ALWAYS },
      { name: "segwit", ...ALWAYS },
    ],
    deploymentWindow: { blocks: 144, threshold: 108 },
    checkpoints: [],
    assumeValid: undefined,
    pinnedSets: [],
    genesisBits: compactBits(0x207fffff),
  },
};
