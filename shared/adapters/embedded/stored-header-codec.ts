import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { encodeHeaderRecord, readHeaderRecord } from "#shared/consensus/header-record-codec.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { ValueCodec } from "./level-tables.ts";

const text = new TextEncoder();
const fromText = new TextDecoder("utf-8", { fatal: true });

/** About what one costs in memory: objects, two hex texts, four hashes. */
const STORED_HEADER_BYTES = 1_024;

/** A header with its facts: the record, then body size, checked, rejection, generations, totals. */
export const storedHeaderCodec: ValueCodec<StoredHeader> = {
  encode({ record, bodySize, checked, rejected, applied, totals }) {
    const writer = new Writer(512)
      .bytes(encodeHeaderRecord(record))
      .bool(bodySize !== undefined)
      .u32(bodySize ?? 0)
      .bool(checked)
      .byteString(text.encode(rejected === undefined ? "" : JSON.stringify(rejected)))
      .list(applied, (generation, list) => list.u32(generation));
    // Last and only where there are any: a folder of before totals were kept reads the same.
    return (totals === undefined ? writer : writer.byteString(totals)).finish();
  },
  decode(bytes) {
    const reader = new Reader(bytes);
    const record = readHeaderRecord(reader);
    const hasBody = reader.bool();
    const bodySize = reader.u32();
    const checked = reader.bool();
    const rejected = fromText.decode(reader.byteString());
    const applied = reader.list(4, () => reader.u32());
    return {
      record,
      bodySize: hasBody ? bodySize : undefined,
      checked,
      // A verdict is plain JSON, and the checksum says that it is the one written.
      rejected: rejected === "" ? undefined : (JSON.parse(rejected) as ConsensusError),
      applied,
      totals: reader.left === 0 ? undefined : reader.byteString().slice(),
    };
  },
  sizeOf: () => STORED_HEADER_BYTES,
};
