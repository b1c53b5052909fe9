import { NETWORKS } from "#shared/consensus/networks.ts";
import type { Network } from "#shared/consensus/params.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** The network that `EXOS_NETWORK` names. @throws StoreFault `EXOS-E8101` when there is none such */
export function networkOfCity(name: string): Network {
  const network = NETWORKS[name];
  if (network !== undefined) return network;
  const known = Object.keys(NETWORKS).join(", ");
  throw new StoreFault(`EXOS_NETWORK is "${name}", and not one of ${known}.`, {
    retryable: false,
    code: "EXOS-E8101",
  });
}
