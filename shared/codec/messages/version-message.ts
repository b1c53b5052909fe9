import { decodeWhole } from "#shared/codec/decode-whole.ts";
import {
  type NetworkAddress,
  readNetworkAddress,
  writeNetworkAddress,
} from "#shared/codec/messages/network-address.ts";
import { readText, writeText } from "#shared/codec/messages/text.ts";
import type { DecodeFault, Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { Result } from "#shared/primitives/result.ts";

/** How a node presents itself. */
export interface VersionMessage {
  /** Of the protocol, unsigned 32-bit. */
  readonly version: number;
  readonly services: bigint;
  /** Its clock, in seconds, signed 64-bit. */
  readonly time: bigint;
  readonly receiver: NetworkAddress;
  readonly sender: NetworkAddress;
  /** Chosen anew for each connection, to notice one with oneself. */
  readonly nonce: bigint;
  readonly userAgent: string;
  /** Signed 32-bit. */
  readonly startHeight: number;
  /** Whether it wants transactions announced; `undefined` in a version that does not say. */
  readonly relay: boolean | undefined;
}

/** First versions with a sender, with a name, and with a wish for transactions. */
const SENDER_VERSION = 106;
const USER_AGENT_VERSION = 60_002;
const RELAY_VERSION = 70_001;

function readVersion(reader: Reader): VersionMessage {
  const version = reader.u32();
  // The reference reads a shorter form of these, to refuse it a moment later.
  if (version < SENDER_VERSION) reader.fail("version is older than any we know", 0);
  const head = { version, services: reader.u64(), time: reader.i64() };
  const addresses = { receiver: readNetworkAddress(reader), sender: readNetworkAddress(reader) };
  const nonce = reader.u64();
  const at = reader.offset;
  const userAgent = readText(reader);
  if (version < USER_AGENT_VERSION && userAgent !== "") {
    reader.fail("a version without a name has one", at);
  }
  const startHeight = reader.i32();
  const relay = version >= RELAY_VERSION ? reader.bool() : undefined;
  return { ...head, ...addresses, nonce, userAgent, startHeight, relay };
}

/** Payload of `version`. */
export function decodeVersion(bytes: Uint8Array): Result<VersionMessage, DecodeFault> {
  return decodeWhole(bytes, readVersion);
}

/** @source VersionPayload (EXOSFullNode e61c2e61); exos-l1.md 7.3 */
export function encodeVersion(message: VersionMessage): Uint8Array {
  const writer = new Writer(128).u32(message.version).u64(message.services).i64(message.time);
  writeNetworkAddress(writer, message.receiver);
  writeNetworkAddress(writer, message.sender);
  writeText(writer.u64(message.nonce), message.userAgent);
  writer.i32(message.startHeight);
  if (message.relay !== undefined) writer.bool(message.relay);
  return writer.finish();
}
