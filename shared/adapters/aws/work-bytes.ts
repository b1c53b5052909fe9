import { brokenItem } from "./dynamo-item.ts";

const WORK_BYTES = 32;

/** Work as 32 bytes, big-endian, so that keys that begin with it are in its order. */
export function encodeWork(work: bigint): Uint8Array {
  const bytes = new Uint8Array(WORK_BYTES);
  let rest = work;
  for (let at = WORK_BYTES - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new RangeError(`work ${work} does not fit ${WORK_BYTES} bytes`);
  return bytes;
}

/** @throws StoreFault unless there are 32 bytes */
export function decodeWork(bytes: Uint8Array): bigint {
  if (bytes.length !== WORK_BYTES) throw brokenItem(`work of ${bytes.length} bytes`);
  let work = 0n;
  for (const byte of bytes) work = (work << 8n) | BigInt(byte);
  return work;
}
