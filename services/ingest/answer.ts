import type { PeerAction } from "#shared/p2p/peer-action.ts";
import type { PeerInput, WantedItem } from "#shared/p2p/peer-input.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { IngestDeps } from "./deps.ts";
import type { Library } from "./serve.ts";

/** What a peer wants to have. */
export type Wanted = Extract<
  PeerAction,
  { kind: "headersWanted" | "blocksWanted" | "dataWanted" | "addressesWanted" | "mempoolWanted" }
>;

/** Who is answered, and how. */
export interface Asker {
  handle(input: PeerInput): void;
  /** Resolves when the connection takes more, or is closed. */
  ready(): Promise<void>;
  readonly isClosed: boolean;
  mayUpload(bytes: number, recent: boolean): boolean;
  addresses(): Extract<PeerInput, { kind: "addressesFound" }>["addresses"];
}

export type AnswerDeps = Pick<IngestDeps, "blocks" | "headers" | "clock" | "pool"> & {
  readonly library: Library;
};

/** What counts as recent for the day's limit of uploads. */
const RECENT_SECONDS = 7 * 24 * 3_600;

/** Look up what a peer wants and give it, no faster than its connection takes it. */
export async function answer(wanted: Wanted, asker: Asker, deps: AnswerDeps): Promise<void> {
  switch (wanted.kind) {
    case "headersWanted": {
      const headers = await deps.library.headers(wanted, wanted.proven);
      if (headers === undefined) return;
      asker.handle({ kind: "headersFound", proven: wanted.proven, headers });
      return;
    }
    case "blocksWanted": {
      const hashes = await deps.library.inventory(wanted);
      if (hashes !== undefined) asker.handle({ kind: "inventoryFound", hashes });
      return;
    }
    case "dataWanted":
      return giveItems(wanted.items, asker, deps);
    case "addressesWanted":
      asker.handle({ kind: "addressesFound", addresses: asker.addresses() });
      return;
    case "mempoolWanted": {
      const txids = (await deps.pool?.ids()) ?? [];
      asker.handle({ kind: "mempoolFound", txids: txids.map(fromHashHex) });
    }
  }
}

async function giveItems(
  items: readonly WantedItem[],
  asker: Asker,
  deps: AnswerDeps,
): Promise<void> {
  const missing: WantedItem[] = [];
  let answered = 0;
  try {
    for (const item of items) {
      if (asker.isClosed) return;
      const give = item.type === "block" ? giveBlock : giveTx;
      if (!(await give(item, asker, deps))) missing.push(item);
      answered++;
      await asker.ready();
    }
  } finally {
    // Also where a store failed: what is not told of counts as waiting for ever.
    asker.handle({ kind: "missing", items: [...missing, ...items.slice(answered)] });
  }
}

async function giveBlock({ hash }: WantedItem, asker: Asker, deps: AnswerDeps): Promise<boolean> {
  const name = toHashHex(hash);
  const bytes = await deps.blocks.get(name);
  const stored = bytes === undefined ? undefined : await deps.headers.get(name);
  if (bytes === undefined || stored === undefined) return false;
  const recent = deps.clock.now() - stored.record.header.time < RECENT_SECONDS;
  if (!asker.mayUpload(bytes.length, recent)) return false;
  asker.handle({ kind: "block", hash, bytes });
  return true;
}

async function giveTx({ hash }: WantedItem, asker: Asker, deps: AnswerDeps): Promise<boolean> {
  const bytes = await deps.pool?.get(toHashHex(hash));
  if (bytes === undefined) return false;
  asker.handle({ kind: "transaction", txid: hash, bytes });
  return true;
}
