import { inParallel } from "#shared/ports/in-parallel.ts";
import type { LooseBlocks, LooseItem } from "#shared/ports/loose-blocks.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import { chainKey, headerKey } from "./chain-key.ts";
import type { PackedHeaders } from "./dynamo-header-store.ts";
import { type DynamoItem, optionalBytesOf, optionalNumberOf, textOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

const NAME = /^(H|B)#([0-9a-f]{64})$/;
/** Requests on their way at once. */
const AT_ONCE = 8;

/**
 * The items `H#` and `B#` of the table `chain`. Bodies that are objects are deleted by the bucket, 60
 * days after they came.
 *
 * @source cloud.md 3.1, 5.1, 5.2
 */
export function createLooseBlocks({
  chain,
  packed,
}: {
  readonly chain: DynamoTable;
  readonly packed: PackedHeaders;
}): LooseBlocks {
  const where = {
    text: "begins_with(#pk, :header) OR begins_with(#pk, :body)",
    values: { header: { S: "H#" }, body: { S: "B#" } },
  };

  async function looseItems(page: readonly DynamoItem[]): Promise<readonly LooseItem[]> {
    const named = page.flatMap((item) => {
      const [, kind, text = ""] = NAME.exec(textOf(item, "pk")) ?? [];
      const hash = parseHashHex(text);
      return hash === undefined ? [] : [{ item, hash, isBody: kind === "B" }];
    });
    const bodies = named.filter(({ isBody }) => isBody).map(({ hash }) => hash);
    const headers = await chain.getMany(bodies.map(headerKey));
    const beside = new Map(bodies.map((hash, at) => [hash, headers[at]]));
    return named.map(({ item, hash, isBody }) => {
      const header = isBody ? beside.get(hash) : item;
      return {
        kind: isBody ? "body" : "header",
        hash,
        height: header && optionalNumberOf(header, "h"),
        hasHeader: header !== undefined,
        sha256: isBody ? optionalBytesOf(item, "sha") : undefined,
      };
    });
  }

  return {
    async *pages() {
      const part = { segment: 0, of: 1, where, only: ["pk", "h", "sha"] };
      for await (const page of chain.scan(part)) yield await looseItems(page);
    },
    packedHeights: (hashes) =>
      // One by one: a segment that is not found for one of them is no answer for the others.
      inParallel(hashes, AT_ONCE, async (hash) => {
        const [header] = await packed.headers([hash]);
        return header?.record.height;
      }),
    async headless(bodies) {
      const headers = await chain.getMany(bodies.map(({ hash }) => headerKey(hash)));
      return bodies.filter((_, at) => headers[at] === undefined);
    },
    drop({ kind, hash, height, sha256 }) {
      if (kind === "body") {
        const condition = {
          text: sha256 === undefined ? "attribute_not_exists(#sha)" : "#sha = :sha",
          ...(sha256 !== undefined && { values: { sha: { B: sha256 } } }),
        };
        return chain.delete(chainKey(`B#${hash}`), condition);
      }
      const condition =
        height === undefined
          ? { text: "attribute_not_exists(#h)" }
          : { text: "#h = :h", values: { h: { N: String(height) } } };
      return chain.delete(headerKey(hash), condition);
    },
  };
}
