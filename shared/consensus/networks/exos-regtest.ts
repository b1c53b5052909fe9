import { exosGenesis } from "#shared/consensus/networks/exos-genesis.ts";
import { exosStake } from "#shared/consensus/networks/exos-stake.ts";
import { exosTest } from "#shared/consensus/networks/exos-test.ts";
import type { Network } from "#shared/consensus/params.ts";
import { compactBits, type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";

/**
 * The network for development: no retargeting, cold staking from the first block, on bit 1.
 * @source EXOSRegTest.cs (EXOSFullNode e61c2e61); exos-l1.md 1
 */
export const exosRegtest: Network = {
  ...exosTest,
  name: "exos-regtest",
  kind: "regtest",
  magic: Uint8Array.of(0x4a, 0xdb, 0xea, 0xfc),
  ports: { p2p: 15_888, rpc: 15_889, http: 39_122 },
  addresses: { ...exosTest.addresses, bip44CoinType: 105 },
  consensus: {
    ...exosTest.consensus,
    genesis: {
      raw: exosGenesis(
        "01000000000000000000000000000000000000000000000000000000000000000000000037f9213c" +
          "75cdf69ddcdad39ae6f7bf80671ce70849b64bf77f45eb16a1a8c485e0a1f052ffff7f2061d94000",
      ),
      hash: fromHashHex(
        "00000755a53922ad3443a7609ee700ca246a547783116f2085fff1e486e56085" as HashHex,
      ),
    },
    work: { ...exosTest.consensus.work, limit: (1n << 255n) - 1n, retarget: false },
    stake: {
      ...exosStake,
      retarget: false,
      depth: [
        { from: height(0), blocks: 10 },
        { from: height(115_000), blocks: 20 },
      ],
    },
    deployments: [
      {
        name: "coldstaking",
        bit: 1,
        start: "always",
        timeout: unixSeconds(0),
        heightMin: height(0),
      },
    ],
    checkpoints: [],
    assumeValid: undefined,
    pinnedSets: [],
    genesisBits: compactBits(0x207fffff),
  },
};
