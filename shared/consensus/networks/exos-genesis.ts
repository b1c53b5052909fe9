import { fromHex } from "#shared/primitives/hex.ts";

/**
 * The coinbase of all three genesis blocks: one output of nothing, dated 2018-04-08 on each.
 * @source exos-l1.md 1.4
 */
const COINBASE =
  "010000000044ca5a0100000000000000000000000000000000000000000000000000000000000000" +
  "00ffffffff3600012a32687474703a2f2f7777772e6262632e636f6d2f6e6577732f776f726c642d" +
  "6d6964646c652d656173742d3433363931323931ffffffff0100000000000000000000000000";

/** A genesis block from its 80 bytes in hex: one transaction, an empty block signature. */
export function exosGenesis(header: string): Uint8Array {
  return fromHex(`${header}01${COINBASE}00`);
}
