import { readFileSync } from "node:fs";
import { vectorsPath } from "./vectors.ts";

/**
 * The blocks of a recorded chain, as views of its bytes, in the file's order.
 *
 * @param headBytes how many bytes stand before the length: 4 where there is a magic
 * @returns `undefined` when the file is absent, so that a test skips
 */
export function loadChain(name: string, headBytes: 0 | 4): Uint8Array[] | undefined {
  const path = vectorsPath(name);
  if (path === undefined) return undefined;
  const bytes = new Uint8Array(readFileSync(path));
  const view = new DataView(bytes.buffer);
  const blocks: Uint8Array[] = [];
  for (let offset = headBytes; offset < bytes.length; ) {
    const start = offset + 4;
    const end = start + view.getUint32(offset, true);
    blocks.push(bytes.subarray(start, end));
    offset = end + headBytes;
  }
  return blocks;
}
