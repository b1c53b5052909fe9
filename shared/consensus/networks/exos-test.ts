import { checkpointsOf } from "#shared/consensus/networks/checkpoint-table.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosGenesis } from "#shared/consensus/networks/exos-genesis.ts";
import { exosStake } from "#shared/consensus/networks/exos-stake.ts";
import { EXOS_TEST_CHECKPOINTS } from "#shared/consensus/networks/exos-test-checkpoints.ts";
import type { Network } from "#shared/consensus/params.ts";
import { compactBits, type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";

/** The test network. @source EXOSTest.cs (EXOSFullNode e61c2e61); exos-l1.md 1 */
export const exosTest: Network = {
  ...exos,
  name: "exos-test",
  kind: "test",
  ticker: "TEXOS",
  magic: Uint8Array.of(0x25, 0x16, 0x74, 0x62),
  ports: { p2p: 14_562, rpc: 14_561, http: 39_121 },
  addresses: { p2pkh: 75, p2sh: 206, wif: 203, bech32: undefined, bip44CoinType: 248 },
  consensus: {
    ...exos.consensus,
    genesis: {
      raw: exosGenesis(
        "01000000000000000000000000000000000000000000000000000000000000000000000037f9213c" +
          "75cdf69ddcdad39ae6f7bf80671ce70849b64bf77f45eb16a1a8c485a58eb85dffff001f5c9e0000",
      ),
      hash: fromHashHex(
        "00000bf810e65773b5a0e5a43ea656080e10108424dcf475abc4228bfc52148f" as HashHex,
      ),
    },
    work: { ...exos.consensus.work, limit: 0xffffn << 224n },
    stake: {
      ...exosStake,
      depth: [
        { from: height(0), blocks: 10 },
        { from: height(115_000), blocks: 20 },
      ],
    },
    maturityBlocks: 10,
    deployments: [
      {
        name: "coldstaking",
        bit: 2,
        start: unixSeconds(1_541_030_400),
        timeout: unixSeconds(1_559_347_200),
        heightMin: height(0),
      },
    ],
    checkpoints: checkpointsOf(EXOS_TEST_CHECKPOINTS),
    assumeValid: fromHashHex(
      "ffed8f737ce62b33e5bdd675d0243686bc67f8d7041dd3d7e49ddc3062dec785" as HashHex,
    ),
    pinnedSets: [],
    genesisBits: compactBits(0x1f00ffff),
  },
};
