import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import type { Network } from "#shared/consensus/params.ts";

/** A recorded chain and what is known about the unspent set at its tip. @source networks.md */
export interface RecordedChain {
  readonly network: Network;
  /** Below the folder of vectors. */
  readonly file: string;
  readonly framing: "magic" | "length";
  /** Height of the file's first block. */
  readonly from: 0 | 1;
  readonly height: number;
  readonly hash: string;
  readonly coins: number;
  readonly supply: string;
  readonly muhash: string;
}

export const SHORT_CHAINS: readonly RecordedChain[] = [
  {
    network: stratis,
    file: "stratis/blk0001.dat",
    framing: "magic",
    from: 0,
    height: 1999,
    hash: "2c44f74145fe8d56c43d12185c17215f5890c764e36ef73c16e2e4169a6e0d5e",
    coins: 2202,
    supply: "9800669885950000",
    muhash: "b4ed79e141d938302df502849d4ad080273fa61150e646340427ec92895735b0",
  },
  {
    network: exosRegtest,
    file: "exos-regtest/chain.dat",
    framing: "magic",
    from: 1,
    height: 3121,
    hash: "7966af0ce161135443815c6f21fb271b330afbc599aca9877270dc0d5bc9583b",
    coins: 6124,
    supply: "30003379892962965",
    muhash: "0e83fcd379a7b432d16a620ce5458d56852ec8c5059d933672f35e852c0b9736",
  },
  {
    network: exosRegtest,
    file: "exos-regtest/odd-chain.dat",
    framing: "magic",
    from: 1,
    height: 609,
    hash: "6875cdab1abbe9a64e99bcc7289ce1d92c882b7adda9588790888e9639b607b2",
    coins: 1871,
    supply: "30000447992022962",
    muhash: "215ad0814dfbc09a8ba7c99fb8470535414b6619037a4cc7ea932e45ee1411d7",
  },
];

export const LONG_CHAINS: readonly RecordedChain[] = [
  {
    network: exosRegtest,
    file: "exos-regtest/heavy.dat",
    framing: "magic",
    from: 1,
    height: 1500,
    hash: "bc80792bf6d1979a08ce915ca876c32ea23bb991ab691d881b59dcc8d6c63a9f",
    coins: 3692,
    supply: "30001600800000000",
    muhash: "a9784a10eb2620aae51b917e3f7351ddea2589900fd9818756e439fa1b512d46",
  },
  {
    network: bitcoinRegtest,
    file: "bitcoin-regtest/chain.bin",
    framing: "length",
    from: 1,
    height: 3000,
    hash: "498e755e6ad5f5b27000503bebed7377445210e2453695067545c11feacfd96c",
    coins: 13710,
    supply: "1494998573318",
    muhash: "d851599d170e3784d8505320920fbe0db3fb1d668d414cece2e1ac0efdb7380d",
  },
];

/** What must be the same wherever a chain was read from. */
export function totalsOf({ height, hash, coins, supply, muhash }: RecordedChain) {
  return { height, hash, coins, supply, muhash };
}
