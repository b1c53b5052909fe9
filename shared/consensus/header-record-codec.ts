import { readHeader } from "#shared/codec/header.ts";
import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type {
  ChainContext,
  DeploymentStatus,
  HeaderRecord,
  ProofPoint,
} from "#shared/consensus/header-record.ts";
import {
  compactBits,
  type Hash256,
  height,
  type UnixSeconds,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";

/** Most bytes of an encoded context, so that a record of it fits one item of any store. */
export const CONTEXT_BYTES_MAX = 160;

/** Fixed part of a record, before its context. */
const RECORD_BYTES = 32 + 4 + 80 + 32 + 1 + 32 + 32 + 32;

const STATES = ["defined", "started", "lockedIn", "active", "failed"] as const;

/** A non-negative number below 2^256, little-endian. */
function writeWork(work: bigint, writer: Writer): void {
  if (work < 0n || work >> 256n !== 0n) throw new RangeError("work is no 256-bit number");
  for (let shift = 0n; shift < 256n; shift += 64n)
    writer.u64((work >> shift) & 0xffff_ffff_ffff_ffffn);
}

function readWork(reader: Reader): bigint {
  return reader.u64() | (reader.u64() << 64n) | (reader.u64() << 128n) | (reader.u64() << 192n);
}

function writePoint(point: ProofPoint, writer: Writer): void {
  writer.u32(point.bits).u32(point.time);
}

function readPoint(reader: Reader): ProofPoint {
  return { bits: compactBits(reader.u32()), time: unixSeconds(reader.u32()) };
}

function readDeployment(reader: Reader): DeploymentStatus {
  const at = reader.offset;
  const state = STATES[reader.u8()];
  if (state === undefined) reader.fail("no state of a deployment", at);
  return { state, signals: reader.u32() };
}

function writeContext(context: ChainContext, writer: Writer): void {
  writer
    .list(context.times, (time) => writer.u32(time))
    .list(context.last.work, writePoint)
    .list(context.last.stake, writePoint)
    .list(context.deployments, ({ state, signals }) =>
      writer.u8(STATES.indexOf(state)).u32(signals),
    );
}

/** What judging a child asks of a header's ancestors, as bytes; 160 at most on our networks. */
export function encodeChainContext(context: ChainContext): Uint8Array {
  const writer = new Writer(CONTEXT_BYTES_MAX);
  writeContext(context, writer);
  return writer.finish();
}

/** What `encodeChainContext` wrote. @throws DecodeFault when the bytes are no context */
export function readChainContext(reader: Reader): ChainContext {
  const times: UnixSeconds[] = reader.list(4, () => unixSeconds(reader.u32()));
  const work = reader.list(8, readPoint);
  const stake = reader.list(8, readPoint);
  return { times, last: { work, stake }, deployments: reader.list(5, readDeployment) };
}

/**
 * Our own encoding of a record, for stores and snapshots.
 *
 * @throws RangeError when its context is longer than 160 bytes
 */
export function encodeHeaderRecord(record: HeaderRecord): Uint8Array {
  const writer = new Writer(RECORD_BYTES + CONTEXT_BYTES_MAX);
  writer.bytes(fromHashHex(record.hash)).u32(record.height).bytes(record.header.bytes);
  writeWork(record.work, writer);
  writer
    .bool(record.proofKind === "stake")
    .bytes(record.stakeModifier)
    .bytes(record.hashProof)
    .bytes(fromHashHex(record.skip));
  writeContext(record.context, writer);

  const bytes = writer.finish();
  if (bytes.length > RECORD_BYTES + CONTEXT_BYTES_MAX) throw new RangeError("context is too long");
  return bytes;
}

/**
 * What `encodeHeaderRecord` wrote. Its hashes and header are copies: a record outlives its bytes.
 *
 * @throws DecodeFault when the bytes are no record
 */
export function readHeaderRecord(reader: Reader): HeaderRecord {
  const ownHash = () => reader.hash().slice() as Hash256;
  const hash = toHashHex(reader.hash());
  const at = height(reader.u32());
  return {
    hash,
    height: at,
    header: readHeader(new Reader(reader.take(80).slice())),
    work: readWork(reader),
    proofKind: reader.bool() ? "stake" : "work",
    stakeModifier: ownHash(),
    hashProof: ownHash(),
    skip: toHashHex(reader.hash()),
    context: readChainContext(reader),
  };
}
