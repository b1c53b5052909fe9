import { readHeader } from "#shared/codec/header.ts";
import { Reader } from "#shared/codec/reader.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { encodeChainContext, readChainContext } from "#shared/consensus/header-record-codec.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { type Hash256, type HashHex, height } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import {
  binary,
  brokenItem,
  bytesOf,
  type DynamoItem,
  numberOf,
  numeric,
  optionalBytesOf,
  optionalNumberOf,
  optionalTextOf,
} from "./dynamo-item.ts";
import { decodeWork, encodeWork } from "./work-bytes.ts";

const HASH_BYTES = 32;

/** What judging a child needs of a header: a function of the header and its ancestors. */
export function recordAttributes(record: HeaderRecord): DynamoItem {
  return {
    h: numeric(record.height),
    hd: binary(record.header.bytes),
    wk: binary(encodeWork(record.work)),
    sm: binary(record.stakeModifier),
    hp: binary(record.hashProof),
    pf: numeric(record.proofKind === "stake" ? 1 : 0),
    cx: binary(encodeChainContext(record.context)),
    sp: binary(fromHashHex(record.skip)),
  };
}

/** What was found out about a block: the code, and until when where it is bad for a while only. */
export function rejectionAttributes(error: ConsensusError): DynamoItem {
  const until = error.detail["until"];
  const isForAWhile = error.effect === "until" && typeof until === "number";
  return {
    bad: { S: JSON.stringify(error) },
    ...(isForAWhile && { until: numeric(until) }),
  };
}

/**
 * A header with its facts.
 *
 * @param hash that it was asked for under
 * @returns `undefined` where facts alone are left: the header itself was packed away
 * @throws StoreFault when the item is not what is written here
 */
export function readHeaderItem(hash: HashHex, item: DynamoItem): StoredHeader | undefined {
  if (item["hd"] === undefined) return undefined;
  return {
    record: readRecord(hash, item),
    bodySize: optionalNumberOf(item, "bz"),
    checked: item["ok"] !== undefined,
    rejected: readRejection(item),
    applied: numbersOf(item, "ap"),
    totals: optionalBytesOf(item, "mu"),
  };
}

function readRecord(hash: HashHex, item: DynamoItem): HeaderRecord {
  const header = bytesOf(item, "hd");
  if (header.length !== 80) throw brokenItem(`a header of ${header.length} bytes`);
  return {
    hash,
    height: height(numberOf(item, "h")),
    header: readHeader(new Reader(header)),
    work: decodeWork(bytesOf(item, "wk")),
    proofKind: numberOf(item, "pf") === 1 ? "stake" : "work",
    stakeModifier: hashOf(item, "sm"),
    hashProof: hashOf(item, "hp"),
    context: readChainContext(new Reader(bytesOf(item, "cx"))),
    skip: toHashHex(hashOf(item, "sp")),
  };
}

function hashOf(item: DynamoItem, name: string): Hash256 {
  const bytes = bytesOf(item, name);
  if (bytes.length !== HASH_BYTES) throw brokenItem(`${name} of ${bytes.length} bytes`);
  return bytes as Hash256;
}

function readRejection(item: DynamoItem): ConsensusError | undefined {
  const error = optionalTextOf(item, "bad");
  // A verdict is plain JSON, and nobody else writes here.
  return error === undefined ? undefined : (JSON.parse(error) as ConsensusError);
}

/** The members of a set of numbers, rising; none where it is absent. */
function numbersOf(item: DynamoItem, name: string): number[] {
  const set = item[name];
  if (set === undefined) return [];
  if (set.NS === undefined) throw brokenItem(`attribute ${name} is not a set of numbers`);
  return set.NS.map(Number).toSorted((one, other) => one - other);
}
