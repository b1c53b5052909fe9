import { readFileSync } from "node:fs";
import { Reader } from "#shared/codec/reader.ts";
import { vectorsPath } from "./vectors.ts";

/** An output that some input spends. */
export interface SpentOutput {
  readonly value: bigint;
  readonly scriptPubKey: Uint8Array;
}

/** @returns the outputs that the inputs of a block spend, in order; `undefined` when absent */
export function loadPrevouts(name: string): SpentOutput[] | undefined {
  const path = vectorsPath(name);
  if (path === undefined) return undefined;
  const reader = new Reader(new Uint8Array(readFileSync(path)));
  const outputs: SpentOutput[] = [];
  while (reader.left > 0) {
    outputs.push({ value: reader.i64(), scriptPubKey: reader.take(reader.u32()) });
  }
  return outputs;
}
