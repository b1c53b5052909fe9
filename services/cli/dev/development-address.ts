import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import {
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

const parsed = parseAddress(DEVELOPMENT_ADDRESS, exosRegtest.addresses);
if (parsed === undefined) throw new RangeError("the development address does not parse");
const key = parsed;

/** The output script of the development address, the same on every network. */
export const DEVELOPMENT_SCRIPT = scriptOfAddress(key);

/** The same key as an address of another network. */
export function developmentAddress(format: AddressFormat): string {
  return printAddress(key, format) ?? DEVELOPMENT_ADDRESS;
}
