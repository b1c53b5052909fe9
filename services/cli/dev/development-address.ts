import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import {
  type Address,
  type AddressFormat,
  parseAddress,
  printAddress,
  scriptOfAddress,
} from "#shared/script/address.ts";

/**
 * Where development networks pay what they mine: words `abandon` × 11 `about`, scheme `exos-105`,
 * path `m/44'/105'/0'/0/0`. Everybody knows its key, so nothing of worth may ever go there.
 *
 * @source interfaces.md 5.1
 */
export const DEVELOPMENT_ADDRESS = "XBxPQk8V7ZJfwitgKHu6Nmw9bBQMTjUtg9";

/** The same of the second staker of a fleet: words `zoo` × 11 `wrong`. */
export const RIVAL_ADDRESS = "XQQFoHFszLmTouURQ24Nn1bnxravM58W4U";

function keyOf(address: string): Address {
  const parsed = parseAddress(address, exosRegtest.addresses);
  if (parsed === undefined) throw new RangeError(`${address} does not parse`);
  return parsed;
}

const key = keyOf(DEVELOPMENT_ADDRESS);

/** The output script of the development address, the same on every network. */
export const DEVELOPMENT_SCRIPT = scriptOfAddress(key);

/** That of the second staker. */
export const RIVAL_SCRIPT = scriptOfAddress(keyOf(RIVAL_ADDRESS));

/** The same key as an address of another network. */
export function developmentAddress(format: AddressFormat): string {
  return printAddress(key, format) ?? DEVELOPMENT_ADDRESS;
}
