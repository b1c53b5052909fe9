import { planImport } from "#services/wallet/compose-embedded.ts";
import { openKeystoreFolder } from "#shared/adapters/embedded/keystore-folder.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Keystores } from "#shared/ports/keystores.ts";
import type { Log } from "#shared/ports/log.ts";

/** The keystores of a network, for a command that needs no node. */
export function openWalletFiles(folder: string, network: Network, log: Log): Keystores {
  return openKeystoreFolder({ folder, network, clock: createSystemClock(), log });
}

/** What keys find on the chain by each scheme, told by whoever knows the chain. */
export const lookUpKeys = planImport;
