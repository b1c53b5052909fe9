import { checkpointsOf } from "#shared/consensus/networks/checkpoint-table.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosStake } from "#shared/consensus/networks/exos-stake.ts";
import { STRATIS_CHECKPOINTS } from "#shared/consensus/networks/stratis-checkpoints.ts";
import type { Network } from "#shared/consensus/params.ts";
import { amount, type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { fromHex } from "#shared/primitives/hex.ts";

const COIN = 100_000_000n;

/**
 * The main network that the EXOS code descends from: its real blocks exercise every rule we share.
 * @source StratisMain.cs (EXOSFullNode e61c2e61); exos-vectors.json stratisChain.params
 */
export const stratis: Network = {
  ...exos,
  name: "stratis",
  ticker: "STRAT",
  magic: Uint8Array.of(0x70, 0x35, 0x22, 0x05),
  ports: { p2p: 16_178, rpc: 16_174, http: 37_221 },
  addresses: { p2pkh: 63, p2sh: 125, wif: 191, bech32: undefined, bip44CoinType: 105 },
  consensus: {
    ...exos.consensus,
    genesis: {
      raw: fromHex(
        "01000000000000000000000000000000000000000000000000000000000000000000000018157f44" +
          "917c2514c1f339346200f8b27d8ffaae9d8205bfae51030bc26ba265b88ba557ffff0f1eddf21b00" +
          "0101000000b88ba55701000000000000000000000000000000000000000000000000000000000000" +
          "0000ffffffff5d00012a4c58687474703a2f2f7777772e7468656f6e696f6e2e636f6d2f61727469" +
          "636c652f6f6c796d706963732d686561642d7072696573746573732d736c6974732d7468726f6174" +
          "2d6f6666696369616c2d72696f2d2d3533343636ffffffff010000000000000000000000000000",
      ),
      hash: fromHashHex(
        "0000066e91e46e5a264d42c89e1204963b2ee6be230b443e9159020539d972af" as HashHex,
      ),
    },
    work: { ...exos.consensus.work, reward: amount(4n * COIN) },
    stake: { ...exosStake, lastWorkHeight: height(12_500) },
    premine: { height: height(2), reward: amount(98_000_000n * COIN) },
    deployments: [
      {
        name: "coldstaking",
        bit: 2,
        start: unixSeconds(1_543_622_400),
        timeout: unixSeconds(1_575_158_400),
        heightMin: height(0),
      },
    ],
    checkpoints: checkpointsOf(STRATIS_CHECKPOINTS),
    assumeValid: fromHashHex(
      "50497017e7bb256df205fcbc2caccbe5b516cb33491e1a11737a3bfe83959b9f" as HashHex,
    ),
    pinnedSets: [],
  },
};
