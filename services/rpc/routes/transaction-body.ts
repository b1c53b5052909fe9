import * as z from "zod";
import { parseHex } from "#services/rpc/json/hex.ts";
import { refused } from "#services/rpc/problems.ts";

/** The body of a request that brings a transaction. */
export const TRANSACTION_BODY = {
  hex: z.string().min(1).meta({ description: "The serialised transaction, signed, in hex" }),
};

/** @returns `undefined` for anything but hex */
export function transactionBytes(hex: string): Uint8Array | undefined {
  return parseHex(hex.trim());
}

export const UNDECODABLE = refused("EXOS-E4004", "The hex text is no transaction of this network");
