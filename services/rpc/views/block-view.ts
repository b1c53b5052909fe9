import type { Stores } from "#services/rpc/deps.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import { type HeaderView, viewHeader } from "#services/rpc/views/header-view.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** One block with its place in the chain. */
export interface BlockView {
  readonly header: HeaderView;
  readonly block: Block;
  /** The serialisation, as it was stored. */
  readonly bytes: Uint8Array;
}

/** What reading a body needs. */
export interface BodySource {
  readonly stores: Pick<Stores, "blocks">;
  readonly wire: WireFormat;
}

/** @returns `undefined` when only the header is known */
export async function viewBlock(
  stored: StoredHeader,
  chain: Chain,
  source: BodySource,
): Promise<BlockView | undefined> {
  const body = await readBody(stored, source);
  return body === undefined ? undefined : { header: await viewHeader(stored, chain), ...body };
}

/** @throws StoreFault when what is stored does not decode */
export async function readBody(
  { record }: Pick<StoredHeader, "record">,
  { stores, wire }: BodySource,
): Promise<{ readonly block: Block; readonly bytes: Uint8Array } | undefined> {
  const bytes = await stores.blocks.get(record.hash);
  if (bytes === undefined) return undefined;
  const decoded = decodeBlock(bytes, wire);
  if (!decoded.ok) {
    throw new StoreFault(`body of block ${record.hash} does not decode`, {
      retryable: false,
      code: "EXOS-E1004",
      cause: decoded.error,
    });
  }
  return { block: decoded.value, bytes };
}
