import { DecodeFault } from "#shared/codec/reader.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { HeaderStore, StoredHeader } from "#shared/ports/header-store.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { chainKey, headerKey } from "./chain-key.ts";
import { brokenItem, bytesOf, type DynamoItem, numberOf, numeric } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { readHeaderItem, recordAttributes, rejectionAttributes } from "./header-item.ts";
import { decodeWork, encodeWork } from "./work-bytes.ts";

/** Partition of the candidates, and seconds after which one that nobody connected is forgotten. */
const CANDIDATES = "CAND";
const CANDIDATE_SECONDS = 30 * 86_400;

/** Headers that were packed away into segments. */
export interface PackedHeaders {
  /** @returns in the order asked; `undefined` where none is packed */
  headers(hashes: readonly HashHex[]): Promise<(StoredHeader | undefined)[]>;
}

export interface DynamoHeaderStoreOptions {
  /** The table `chain`. */
  readonly chain: DynamoTable;
  readonly packed: PackedHeaders;
  readonly clock: Pick<Clock, "now">;
}

/** Every attribute, each unless it is there. */
function setOnce(attributes: DynamoItem): { text: string; values: DynamoItem } {
  const sets = Object.keys(attributes).map(
    (name) => `#${name} = if_not_exists(#${name}, :${name})`,
  );
  return { text: `SET ${sets.join(", ")}`, values: attributes };
}

function decodeItem(hash: HashHex, item: DynamoItem): StoredHeader | undefined {
  try {
    return readHeaderItem(hash, item);
  } catch (cause) {
    throw cause instanceof DecodeFault ? brokenItem(`H#${hash}, ${cause.message}`) : cause;
  }
}

const candidateKey = (work: bigint, hash: Hash256): DynamoItem =>
  chainKey(CANDIDATES, Uint8Array.of(...encodeWork(work), ...hash));

/**
 * Headers as items `H#<hash>` of the table `chain`, one kilobyte at most, and candidates in the order
 * of their work. A header that is no item any more is looked up in the segments.
 *
 * @source cloud.md 3.1
 */
export function createDynamoHeaderStore(options: DynamoHeaderStoreOptions): HeaderStore {
  const { chain, packed, clock } = options;
  const setFact = async (hash: HashHex, attributes: DynamoItem): Promise<void> => {
    await chain.update(headerKey(hash), setOnce(attributes));
  };

  async function getMany(hashes: readonly HashHex[]): Promise<(StoredHeader | undefined)[]> {
    const items = await chain.getMany(hashes.map(headerKey));
    const found = hashes.map((hash, at) => {
      const item = items[at];
      return item === undefined ? undefined : decodeItem(hash, item);
    });
    const missing = hashes.filter((_, at) => found[at] === undefined);
    if (missing.length === 0) return found;
    const old = (await packed.headers(missing)).values();
    return found.map((header) => header ?? old.next().value);
  }

  return {
    put: (record, bodySize) =>
      setFact(record.hash, {
        ...recordAttributes(record),
        ...(bodySize !== undefined && { bz: numeric(bodySize) }),
      }),
    async get(hash) {
      const item = await chain.get(headerKey(hash));
      const header = item === undefined ? undefined : decodeItem(hash, item);
      return header ?? (await packed.headers([hash]))[0];
    },
    getMany,

    setBodySize: (hash, bytes) => setFact(hash, { bz: numeric(bytes) }),
    setChecked: (hash) => setFact(hash, { ok: { BOOL: true } }),
    setRejected: (hash, error) => setFact(hash, rejectionAttributes(error)),
    async clearRejected(hash) {
      await chain.update(headerKey(hash), { text: "REMOVE #bad, #until" });
    },
    async setApplied(hash, generation, totals) {
      const once = totals === undefined ? undefined : setOnce({ mu: { B: totals } });
      await chain.update(headerKey(hash), {
        text: `ADD #ap :generation${once === undefined ? "" : ` ${once.text}`}`,
        values: { generation: { NS: [String(generation)] }, ...once?.values },
      });
    },

    async addCandidate({ work, hash }) {
      const exp = numeric(clock.now() + CANDIDATE_SECONDS);
      await chain.put({ ...candidateKey(work, fromHashHex(hash)), exp });
    },
    async dropCandidate(hash) {
      // Its place among the candidates is by the work of its header, which is kept longer than it.
      const item = await chain.get(headerKey(hash));
      const record = item === undefined ? undefined : decodeItem(hash, item)?.record;
      if (record !== undefined) await chain.delete(candidateKey(record.work, fromHashHex(hash)));
    },
    candidates: (work, limit) => readCandidates(options, work, limit),
    leaves: (limit) => readLeaves(options, limit),
  };
}

type Candidate = { readonly work: bigint; readonly hash: HashHex };

async function readCandidates(
  { chain, clock }: DynamoHeaderStoreOptions,
  work: bigint,
  limit: number,
): Promise<Candidate[]> {
  const now = clock.now();
  const found: Candidate[] = [];
  // Above every key of exactly this work; below nothing at first.
  const above = Uint8Array.of(...encodeWork(work), ...NO_HASH_ABOVE);
  let below: Uint8Array = Uint8Array.of(...NO_HASH_ABOVE, ...NO_HASH_ABOVE);
  for (;;) {
    let read = 0;
    for await (const item of candidatesBetween(chain, { above, below, limit })) {
      read++;
      below = bytesOf(item, "sk");
      // Expiry by the table is a broom that may come days late.
      if (numberOf(item, "exp") > now) found.push(readCandidate(below));
      if (found.length === limit) return found;
    }
    if (read < limit) return found;
    below = justBelow(below);
  }
}

function candidatesBetween(
  chain: DynamoTable,
  of: { readonly above: Uint8Array; readonly below: Uint8Array; readonly limit: number },
): AsyncGenerator<DynamoItem> {
  return chain.query({
    where: {
      text: "#pk = :pk AND #sk BETWEEN :above AND :below",
      values: { pk: { S: CANDIDATES }, above: { B: of.above }, below: { B: of.below } },
    },
    descending: true,
    limit: of.limit,
  });
}

function readCandidate(key: Uint8Array): Candidate {
  if (key.length !== 64) throw brokenItem(`a candidate's key of ${key.length} bytes`);
  return {
    work: decodeWork(key.subarray(0, 32)),
    hash: toHashHex(key.subarray(32) as Hash256), // 32 bytes, as the length says
  };
}

/** The greatest key of as many bytes that is less. */
function justBelow(key: Uint8Array): Uint8Array {
  const less = Uint8Array.from(key);
  for (let at = less.length - 1; at >= 0; at--) {
    const byte = less[at] ?? 0;
    less[at] = (byte - 1) & 0xff;
    if (byte !== 0) return less;
  }
  return less;
}

/** No hash is above it. */
const NO_HASH_ABOVE = new Uint8Array(32).fill(0xff);

/**
 * The candidates heavier than the tip, then the tip: no item says which headers have no child. Which
 * it is says the notice, a fifth of the price; where it lags, the tip is among the candidates.
 */
async function readLeaves(options: DynamoHeaderStoreOptions, limit: number): Promise<HashHex[]> {
  const { chain } = options;
  const tip = (await chain.get(chainKey("NOW"))) ?? (await chain.get(chainKey("TIP")));
  const work = tip === undefined ? 0n : decodeWork(bytesOf(tip, "work"));
  const heavier = await readCandidates(options, work, limit);
  const hashes = heavier.map(({ hash }) => hash);
  if (tip !== undefined) hashes.push(toHashHex(bytesOf(tip, "hash") as Hash256));
  return hashes.slice(0, limit);
}
