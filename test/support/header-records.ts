import { decodeHeader, encodeHeader } from "#shared/codec/header.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { compactBits, type Hash256, height, unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex, zeroHash } from "#shared/primitives/hash.ts";

/** A record that no rule has seen: a header over this parent, told apart from others by `nonce`. */
export function headerRecord(parent: HeaderRecord | undefined, nonce: number): HeaderRecord {
  const above = parent === undefined ? 0 : parent.height + 1;
  const time = unixSeconds(1_500_000_000 + above);
  const bytes = encodeHeader({
    version: 7,
    prev: parent === undefined ? zeroHash() : hash256(parent.header.bytes),
    merkleRoot: new Uint8Array(32).fill(nonce) as Hash256,
    time,
    bits: compactBits(0x1e0fffff),
    nonce,
  });
  const header = decodeHeader(bytes);
  if (!header.ok) throw header.error;

  const hash = toHashHex(hash256(bytes));
  return {
    hash,
    height: height(above),
    header: header.value,
    work: (parent?.work ?? 0n) + 1n + BigInt(nonce),
    proofKind: nonce % 2 === 0 ? "work" : "stake",
    stakeModifier: new Uint8Array(32).fill(1 + nonce) as Hash256,
    hashProof: new Uint8Array(32).fill(2 + nonce) as Hash256,
    context: {
      times: [...(parent?.context.times ?? []), time].slice(-11),
      last: {
        work: [{ bits: header.value.bits, time }],
        stake: parent === undefined ? [] : [{ bits: compactBits(0x1d00ffff), time }],
      },
      deployments: [
        { state: "started", signals: nonce },
        { state: "lockedIn", signals: 0 },
      ],
    },
    skip: parent?.skip ?? hash,
  };
}
