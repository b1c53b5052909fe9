import type { ValidateDeps } from "./deps.ts";

/** What judging a header and storing a block asks for: nothing of whoever connects it. */
export type ArrivalDeps = Pick<
  ValidateDeps,
  "network" | "blocks" | "headers" | "coins" | "clock" | "policy"
>;
