import type { PortCall } from "#infra/port-calls.ts";

/** Calls that are observed on the wire, in front of endpoints of this process and answers of ours. */
export const TRACED_CALLS = [
  "announce.take",
  "chain.refill",
  "generations.load",
  "generations.set",
  "hints.announce",
  "hints.connect",
  "hints.transaction",
  "index.load",
  "queues.depth",
  "replay.keep",
  "secrets.edge",
  "seed.set",
  "signer.ask",
  "signer.sign",
  "snapshots.fetch",
  "task.see",
  "vector.write",
] as const satisfies readonly PortCall[];

/**
 * Those of them whose answers no endpoint in this process gives: ImportTable, ECS with the addresses
 * of its tasks, Route 53, the edge's store. Secrets, the key and the signing function have stand-ins
 * here, and are asked for in earnest by `exos cloud rehearse`.
 *
 * @source cloud.md 16 row 8
 */
export const CANNED_CALLS: readonly (typeof TRACED_CALLS)[number][] = [
  "generations.load",
  "index.load",
  "replay.keep",
  "seed.set",
  "task.see",
  "vector.write",
];
