import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import { height } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { Tip } from "./tip.ts";

/** A tip without its set hash, which a store of one process keeps beside it. */
export function encodeTip(tip: Tip): Uint8Array {
  const writer = new Writer(96 + 32 * tip.win.length);
  writer.u64(BigInt(tip.rev)).u32(tip.gen).u32(tip.floor).u32(tip.height).u32(tip.final);
  writer.byteString(new TextEncoder().encode(tip.work.toString(16))).u32(tip.base);
  return writer.list(tip.win, (hash) => writer.bytes(fromHashHex(hash))).finish();
}

/** @throws DecodeFault when the bytes are no tip; `checkTip` judges the rest */
export function decodeTip(bytes: Uint8Array): Tip {
  const reader = new Reader(bytes);
  const rev = Number(reader.u64());
  const gen = reader.u32();
  const floor = height(reader.u32());
  const at = height(reader.u32());
  const final = height(reader.u32());
  const digits = new TextDecoder().decode(reader.byteString());
  const work = /^[0-9a-f]+$/.test(digits) ? BigInt(`0x${digits}`) : reader.fail("no work", 24);
  const base = height(reader.u32());
  const win = reader.list(32, (hashes) => toHashHex(hashes.hash()));
  const hash = win.at(-1) ?? reader.fail("an empty window", reader.offset);
  return { rev, gen, floor, height: at, hash, work, final, base, win, mu: undefined };
}
