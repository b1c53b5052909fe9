import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { exosTest } from "#shared/consensus/networks/exos-test.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import type { Network } from "#shared/consensus/params.ts";

/** The networks that need no file, by name. */
export const NETWORKS: Readonly<Record<string, Network>> = {
  [exos.name]: exos,
  [exosTest.name]: exosTest,
  [exosRegtest.name]: exosRegtest,
  [stratis.name]: stratis,
  [bitcoinRegtest.name]: bitcoinRegtest,
};
