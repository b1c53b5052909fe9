import { decodeWhole } from "#shared/codec/decode-whole.ts";
import { HEADER_BYTES, readHeader } from "#shared/codec/header.ts";
import {
  type ProvenHeader,
  readProvenHeader,
  writeProvenHeader,
} from "#shared/codec/proven-header.ts";
import { type DecodeFault, lengthRulesOf, type Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** Fewest bytes of a proven header: the header, and three parts that are nearly empty. */
const PROVEN_HEADER_BYTES_MIN = HEADER_BYTES + 6 + 1 + 14;

/**
 * Payload of `headers`. After each header stands the form of an empty block: a zero for its
 * transactions and, on wires with block signatures, a zero for that.
 *
 * @source HeadersPayload (EXOSFullNode e61c2e61); exos-l1.md 7.4
 */
export function decodeHeaders(
  bytes: Uint8Array,
  wire: WireFormat,
): Result<BlockHeader[], DecodeFault> {
  const read = (reader: Reader) => {
    const header = readHeader(reader);
    reader.byteString();
    if (wire.blockSignature) reader.byteString();
    return header;
  };
  const itemBytes = HEADER_BYTES + (wire.blockSignature ? 2 : 1);
  return decodeWhole(bytes, (reader) => reader.list(itemBytes, read), lengthRulesOf(wire));
}

/** The form that `decodeHeaders` reads, fresh: 82 bytes a header, or 81 on Bitcoin's wire. */
export function encodeHeaders(
  headers: readonly Pick<BlockHeader, "bytes">[],
  wire: Pick<WireFormat, "blockSignature">,
): Uint8Array {
  const writer = new Writer(9 + (HEADER_BYTES + 2) * headers.length);
  return writer
    .list(headers, ({ bytes }) => {
      writer.bytes(bytes).length(0);
      if (wire.blockSignature) writer.length(0);
    })
    .finish();
}

/** Payload of `provhdr`. @source ProvenHeadersPayload (EXOSFullNode e61c2e61); exos-l1.md 7.4 */
export function decodeProvenHeaders(
  bytes: Uint8Array,
  wire: WireFormat,
): Result<ProvenHeader[], DecodeFault> {
  const read = (reader: Reader) => readProvenHeader(reader, wire);
  return decodeWhole(
    bytes,
    (reader) => reader.list(PROVEN_HEADER_BYTES_MIN, read),
    lengthRulesOf(wire),
  );
}

/** The form that `decodeProvenHeaders` reads, fresh. */
export function encodeProvenHeaders(headers: readonly ProvenHeader[]): Uint8Array {
  const writer = new Writer(1024 * headers.length);
  return writer.list(headers, (header) => writeProvenHeader(writer, header)).finish();
}
