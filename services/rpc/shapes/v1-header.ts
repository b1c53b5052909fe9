import * as z from "zod";
import { HASH_SCHEMA, HEIGHT_SCHEMA, TIME_SCHEMA } from "#services/rpc/routes/schemas.ts";
import { hex32, wordHex } from "#services/rpc/shapes/core-header.ts";
import type { HeaderView } from "#services/rpc/views/header-view.ts";
import { targetOf } from "#services/rpc/views/target.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

const WORD = z.string().regex(/^[0-9a-f]{64}$/);

/** A header in the native API. */
export const V1_HEADER = z.object({
  height: HEIGHT_SCHEMA,
  hash: HASH_SCHEMA,
  previous: HASH_SCHEMA.nullable(),
  next: HASH_SCHEMA.nullable(),
  time: TIME_SCHEMA,
  medianTime: TIME_SCHEMA,
  confirmations: z.int().meta({ description: "-1 off the chain of the answer's tip" }),
  final: z.boolean().meta({ description: "No reorganisation reaches this block any more" }),
  proof: z.enum(["work", "stake"]),
  version: z.int(),
  bits: z.string(),
  target: WORD,
  difficulty: z.number(),
  nonce: z.int(),
  merkleRoot: HASH_SCHEMA,
  work: WORD.meta({ description: "Of this block alone" }),
  chainWork: WORD,
  stakeModifier: HASH_SCHEMA,
  hashProof: HASH_SCHEMA,
});

/** @param finalHeight last height that no reorganisation reaches */
export function v1Header(view: HeaderView, finalHeight: number): z.output<typeof V1_HEADER> {
  const { record } = view;
  const { header } = record;
  return {
    height: record.height,
    hash: record.hash,
    previous: view.previous ?? null,
    next: view.next ?? null,
    time: header.time,
    medianTime: view.medianTime,
    confirmations: view.confirmations,
    final: view.confirmations > 0 && record.height <= finalHeight,
    proof: record.proofKind,
    version: header.version,
    bits: hex32(header.bits),
    target: wordHex(targetOf(header.bits)),
    difficulty: view.difficulty,
    nonce: header.nonce,
    merkleRoot: toHashHex(header.merkleRoot),
    work: wordHex(view.work),
    chainWork: wordHex(record.work),
    stakeModifier: toHashHex(record.stakeModifier),
    hashProof: toHashHex(record.hashProof),
  };
}
