import type { Network } from "#shared/consensus/params.ts";
import type { Result } from "#shared/primitives/result.ts";
import { parseAddress } from "#shared/script/address.ts";

/**
 * Addresses as an array, or as its JSON in a text, which clients of the reference send.
 * @returns a sentence for whatever is no address of this network
 */
export function parseAddresses(
  given: readonly string[] | string,
  { addresses: format }: Network,
): Result<ReadonlySet<string>, string> {
  const list = typeof given === "string" ? parseList(given) : given;
  if (list === undefined) return { ok: false, error: "addresses: neither an array nor its JSON" };
  const bad = list.find((text) => parseAddress(text, format) === undefined);
  if (bad !== undefined) return { ok: false, error: `Invalid address: ${bad.slice(0, 100)}` };
  const known = new Set(list);
  if (known.size === list.length) return { ok: true, value: known };
  return { ok: false, error: "Invalid parameter, duplicated address" };
}

function parseList(text: string): string[] | undefined {
  let value: unknown;
  try {
    value = text === "" ? [] : JSON.parse(text);
  } catch {
    // The caller says that it is no array.
    return undefined;
  }
  return Array.isArray(value) && value.every((each) => typeof each === "string")
    ? value
    : undefined;
}
