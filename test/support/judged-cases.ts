import { loadVectors } from "./vectors.ts";

/** A block, or a header, and how the reference judged it. @source vectors/README.md */
export interface JudgedCase {
  readonly name: string;
  readonly via: "block" | "header" | "p2p";
  readonly parentHeight: number;
  readonly parent: string;
  readonly now: number;
  readonly right: readonly string[];
  readonly code: string;
  readonly stage: string;
  readonly banned: boolean;
  readonly block: string;
  readonly provenHeader?: string;
}

/** The cases of `exos-regtest/blocks.json`, if the vectors are here. */
export function loadJudgedCases(): readonly JudgedCase[] | undefined {
  return loadVectors<{ readonly cases: readonly JudgedCase[] }>("exos-regtest/blocks.json")?.cases;
}
