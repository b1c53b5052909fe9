import type { ScriptJob } from "#shared/consensus/judge-env.ts";
import { amount } from "#shared/primitives/brand.ts";
import type { TxOutput } from "#shared/primitives/transaction.ts";

/** One job as it crosses to a worker: a transaction's bytes and the outputs it spends. */
export interface PackedJob {
  readonly raw: Uint8Array;
  readonly prevouts: readonly TxOutput[];
  readonly flags: number;
}

const JOB_BYTES = 12;
const PREVOUT_BYTES = 12;

/** Bytes that `packJobs` makes of one job. */
export function packedSize(job: Pick<ScriptJob, "tx" | "prevouts">): number {
  let size = JOB_BYTES + job.tx.raw.length;
  for (const { scriptPubKey } of job.prevouts) size += PREVOUT_BYTES + scriptPubKey.length;
  return size;
}

/**
 * Jobs in one buffer of their own, so that it can be transferred: for each u32 flags, u32 size and
 * bytes of the transaction, u32 prevouts, and for each of those i64 value, u32 size and script.
 */
export function packJobs(jobs: readonly ScriptJob[]): Uint8Array {
  let size = 0;
  for (const job of jobs) size += packedSize(job);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { tx, prevouts, flags } of jobs) {
    view.setUint32(at, flags, true);
    view.setUint32(at + 4, tx.raw.length, true);
    bytes.set(tx.raw, at + 8);
    at += 8 + tx.raw.length;
    view.setUint32(at, prevouts.length, true);
    at += 4;
    for (const { value, scriptPubKey } of prevouts) {
      view.setBigInt64(at, value, true);
      view.setUint32(at + 8, scriptPubKey.length, true);
      bytes.set(scriptPubKey, at + PREVOUT_BYTES);
      at += PREVOUT_BYTES + scriptPubKey.length;
    }
  }
  return bytes;
}

/** The jobs of one buffer; their bytes are views of it. */
export function unpackJobs(bytes: Uint8Array): PackedJob[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const jobs: PackedJob[] = [];
  let at = 0;
  while (at < bytes.length) {
    const flags = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    const raw = bytes.subarray(at + 8, at + 8 + size);
    at += 8 + size;
    const count = view.getUint32(at, true);
    at += 4;
    const prevouts: TxOutput[] = [];
    for (let index = 0; index < count; index++) {
      const value = amount(view.getBigInt64(at, true));
      const start = at + PREVOUT_BYTES;
      const end = start + view.getUint32(at + 8, true);
      prevouts.push({ value, scriptPubKey: bytes.subarray(start, end) });
      at = end;
    }
    jobs.push({ raw, prevouts, flags });
  }
  return jobs;
}
