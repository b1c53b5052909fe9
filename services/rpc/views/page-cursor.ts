import * as z from "zod";
import { type Refusal, refused } from "#services/rpc/problems.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import { type HashHex, type Height, height } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Where a list goes on, and the block at which it was begun. */
export interface PageCursor {
  readonly at: { readonly height: Height; readonly hash: HashHex };
  /** Place of the next item, in the list's own count. */
  readonly next: number;
}

const Parts = z.tuple([z.int().min(0), z.string(), z.int().min(0)]);

/** As text that tells a client nothing. */
export function printCursor({ at, next }: PageCursor): string {
  return Buffer.from(JSON.stringify([at.height, at.hash, next])).toString("base64url");
}

/**
 * The cursor a client gave back, or a new one at the tip.
 * @param fresh path that begins the same list again
 */
export async function openCursor(
  text: string | undefined,
  fresh: { readonly cursor: PageCursor; readonly path: string },
  chain: Chain,
): Promise<Result<PageCursor, Refusal>> {
  if (text === undefined) return { ok: true, value: fresh.cursor };
  const cursor = parseCursor(text);
  if (cursor === undefined) return refused("EXOS-E4005", "This cursor was not made here");
  if ((await chain.hashAt(cursor.at.height)) !== cursor.at.hash) return leftChain(fresh.path);
  return { ok: true, value: cursor };
}

/** The refusal of a cursor whose block is no longer on the chain. */
export function leftChain(path: string): ReturnType<typeof refused> {
  return refused("EXOS-E4090", "The block of this cursor has left the chain", { link: path });
}

function parseCursor(text: string): PageCursor | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return undefined;
  }
  const parsed = Parts.safeParse(value);
  if (!parsed.success) return undefined;
  const [at, text64, next] = parsed.data;
  const hash = parseHashHex(text64);
  return hash === undefined ? undefined : { at: { height: height(at), hash }, next };
}
