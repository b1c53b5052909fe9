import { CHAIN_ERRORS } from "./chain-errors.ts";
import { CLOUD_ERRORS } from "./cloud-errors.ts";
import { CONFIGURATION_ERRORS } from "./configuration-errors.ts";
import type { ErrorRow } from "./error-row.ts";
import { FLEET_ERRORS } from "./fleet-errors.ts";
import { HTTP_ERRORS } from "./http-errors.ts";
import { LOCAL_CLOUD_ERRORS } from "./local-cloud-errors.ts";
import { OWN_ERRORS } from "./own-errors.ts";
import { PEER_ERRORS } from "./peer-errors.ts";
import { STAKING_ERRORS } from "./staking-errors.ts";
import { STORE_ERRORS } from "./store-errors.ts";
import { WALLET_ERRORS } from "./wallet-errors.ts";

/**
 * Every failure with a code, for all dialects, commands, logs and pages. A code is never given a
 * second meaning. Groups: 0xxx configuration, 1xxx stores, 2xxx sync and consensus, 3xxx peers,
 * 4xxx HTTP and dialects, 5xxx wallet, 6xxx staking, 8xxx fleet (81xx a city on AWS), 9xxx our own bug.
 * @source interfaces.md 7.4
 */
export const ERROR_CATALOGUE = {
  ...CONFIGURATION_ERRORS,
  ...STORE_ERRORS,
  ...CHAIN_ERRORS,
  ...PEER_ERRORS,
  ...HTTP_ERRORS,
  ...WALLET_ERRORS,
  ...STAKING_ERRORS,
  ...FLEET_ERRORS,
  ...CLOUD_ERRORS,
  ...LOCAL_CLOUD_ERRORS,
  ...OWN_ERRORS,
} as const;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** @returns `undefined` for a code that the catalogue does not have */
export function findError(code: string): ErrorRow | undefined {
  return Object.hasOwn(ERROR_CATALOGUE, code) ? ERROR_CATALOGUE[code as ErrorCode] : undefined;
}
