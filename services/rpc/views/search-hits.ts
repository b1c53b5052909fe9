import type { Stores } from "#services/rpc/deps.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import { parseAddress } from "#shared/script/address.ts";

/** Something that a text names. */
export interface SearchHit {
  readonly kind: "block" | "transaction" | "address";
  readonly id: string;
  readonly path: string;
}

interface Where {
  readonly chain: Chain;
  readonly stores: Pick<Stores, "index">;
  readonly network: Network;
}

/** A payment link: the scheme, an address, and parameters that do not matter here. */
const URI = /^exos:(?:\/\/)?([^?]+)/i;
const HEIGHT = /^\d{1,10}$/;

/** Everything of the chain that a text names; a text that names nothing is no error. */
export async function viewHits(text: string, where: Where): Promise<SearchHit[]> {
  const { chain, network } = where;
  if (HEIGHT.test(text)) {
    const hash = await chain.hashAt(Number(text));
    return hash === undefined ? [] : [block(hash)];
  }
  const hash = parseHashHex(text.toLowerCase());
  if (hash !== undefined) return hashHits(hash, where);
  const address = URI.exec(text)?.[1] ?? text;
  if (parseAddress(address, network.addresses) === undefined) return [];
  return [{ kind: "address", id: address, path: `/v1/addresses/${address}` }];
}

async function hashHits(
  hash: Parameters<Chain["header"]>[0],
  { chain, stores }: Where,
): Promise<SearchHit[]> {
  const hits: SearchHit[] = [];
  if ((await chain.header(hash)) !== undefined) hits.push(block(hash));
  if ((await stores.index.transactionPlace(hash)) !== undefined) {
    hits.push({ kind: "transaction", id: hash, path: `/v1/txs/${hash}` });
  }
  return hits;
}

function block(hash: HashHex): SearchHit {
  return { kind: "block", id: hash, path: `/v1/blocks/${hash}` };
}
