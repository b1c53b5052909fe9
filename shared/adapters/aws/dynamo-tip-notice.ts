import type { TipNotice } from "#shared/ports/tip-notice.ts";
import { type Hash256, height } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { chainKey } from "./chain-key.ts";
import { binary, bytesOf, numberOf, numeric } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { decodeWork, encodeWork } from "./work-bytes.ts";

/** The notice as the item `NOW`. @param chain the table `chain` @source cloud.md 3.1 */
export function createDynamoTipNotice(chain: DynamoTable): TipNotice {
  const key = chainKey("NOW");
  return {
    async put(tip) {
      const rev = numeric(tip.rev);
      const item = {
        ...key,
        rev,
        height: numeric(tip.height),
        hash: binary(fromHashHex(tip.hash)),
        work: binary(encodeWork(tip.work)),
      };
      // Who is late has nothing to say.
      await chain.put(item, {
        text: "attribute_not_exists(#rev) OR #rev <= :rev",
        values: { rev },
      });
    },
    async read() {
      const item = await chain.get(key);
      if (item === undefined) return undefined;
      return {
        rev: numberOf(item, "rev"),
        height: height(numberOf(item, "height")),
        hash: toHashHex(bytesOf(item, "hash") as Hash256), // as `put` wrote it
        work: decodeWork(bytesOf(item, "work")),
      };
    },
  };
}
