import { decodeWhole } from "#shared/codec/decode-whole.ts";
import type { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Where a node can be reached. */
export interface NetworkAddress {
  /** Bits of what it offers. */
  readonly services: bigint;
  /** 16 bytes; of IPv4 the last four, behind ten zeros and two times ff. */
  readonly ip: Uint8Array;
  readonly port: number;
}

/** An address, and when it was last heard of. */
export interface KnownAddress extends NetworkAddress {
  readonly time: UnixSeconds;
}

const IP_BYTES = 16;
const KNOWN_ADDRESS_BYTES = 30;

/** @throws DecodeFault */
export function readNetworkAddress(reader: Reader): NetworkAddress {
  return { services: reader.u64(), ip: reader.take(IP_BYTES), port: reader.u16be() };
}

/** Appends 26 bytes: services, address and port, without a time. */
export function writeNetworkAddress(writer: Writer, address: NetworkAddress): void {
  writer.u64(address.services).bytes(address.ip).u16be(address.port);
}

/** Payload of `addr`. More than 1,000 entries are decoded, and their sender is banned. */
export function decodeAddresses(bytes: Uint8Array): Result<KnownAddress[], DecodeFault> {
  return decodeWhole(bytes, (reader) =>
    reader.list(KNOWN_ADDRESS_BYTES, (items) => ({
      time: unixSeconds(items.u32()),
      ...readNetworkAddress(items),
    })),
  );
}

/** @source AddrPayload (EXOSFullNode e61c2e61); exos-l1.md 7.4 */
export function encodeAddresses(addresses: readonly KnownAddress[]): Uint8Array {
  const writer = new Writer(9 + KNOWN_ADDRESS_BYTES * addresses.length);
  writer.list(addresses, (address) => writeNetworkAddress(writer.u32(address.time), address));
  return writer.finish();
}
