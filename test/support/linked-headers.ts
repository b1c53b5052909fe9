import { encodeHeader, hashHeader } from "#shared/codec/header.ts";
import { type ProvenHeader, provenHeaderOf } from "#shared/codec/proven-header.ts";
import { genesisBlock } from "#shared/consensus/genesis-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { PlainHeader } from "#shared/p2p/peer-action.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

/** Headers above genesis, each the parent of the next, valid in nothing else. */
export function linkedHeaders(network: Network, count: number, salt = 0): PlainHeader[] {
  const { header: genesis, hash } = genesisBlock(network);
  const headers: PlainHeader[] = [];
  let prev = hash;
  for (let height = 1; height <= count; height++) {
    const time = unixSeconds(genesis.time + 16 * height);
    const fields = { ...genesis, version: 7, prev, time, nonce: salt };
    const header = { ...fields, bytes: encodeHeader(fields) };
    prev = hashHeader(header, network.consensus.wire);
    headers.push({ header, hash: prev });
  }
  return headers;
}

/** The same with a proof that proves nothing. */
export function provenOf(network: Network, headers: readonly PlainHeader[]): ProvenHeader[] {
  const proven = provenHeaderOf(genesisBlock(network));
  if (proven === undefined) throw new RangeError("genesis is empty");
  return headers.map(({ header, hash }) => ({ ...proven, header, hash }));
}
