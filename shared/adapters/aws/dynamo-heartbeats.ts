import * as z from "zod";
import type { Heartbeat, Heartbeats } from "#shared/ports/heartbeats.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import { lazy } from "#shared/primitives/lazy.ts";
import { chainKey } from "./chain-key.ts";
import { type DynamoItem, numeric, text, textOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

const PARTITION = "BEAT";
const Count = z.int().nonnegative();
const At = Count.transform(unixSeconds);
const Hash = z.string().transform((value, context): HashHex => {
  const hash = parseHashHex(value);
  if (hash !== undefined) return hash;
  context.addIssue("no hash");
  return z.NEVER;
});
const maybe = <Shape extends z.ZodType>(shape: Shape) =>
  z.union([shape, z.null().transform(() => undefined)]);

const Shape = lazy(() =>
  z.discriminatedUnion("service", [
    z.object({
      service: z.literal("ingest"),
      at: At,
      peersIn: Count,
      peersOut: Count,
      bestHeader: maybe(z.object({ height: Count, hash: Hash })),
      addresses: Count,
    }),
    z.object({
      service: z.literal("watch"),
      at: At,
      deadLetters: Count,
      oldestHintSeconds: Count,
      cities: z
        .array(
          z.object({
            city: z.string(),
            at: At,
            ready: z.boolean(),
            tip: maybe(z.object({ height: Count, hash: Hash, muhash: maybe(Hash) })),
          }),
        )
        .max(64),
    }),
    z.object({ service: z.enum(["stake", "load"]), at: At }),
  ]),
);

/** What is absent is written as null, so that a field that was forgotten is not taken for it. */
function encode(heartbeat: Heartbeat): string {
  return JSON.stringify(heartbeat, (_, value: unknown) => (value === undefined ? null : value));
}

function decode(item: DynamoItem): Heartbeat {
  const said = textOf(item, "said");
  try {
    return Shape().parse(JSON.parse(said));
  } catch (cause) {
    const message = `A stored item is broken: the heartbeat ${said}.`;
    throw new StoreFault(message, { retryable: false, code: "EXOS-E8107", cause });
  }
}

/**
 * Heartbeats as items `BEAT` / service: `at`, and all that was said as JSON.
 *
 * @param chain the table `chain`
 * @source cloud.md 3.1
 */
export function createDynamoHeartbeats(chain: DynamoTable): Heartbeats {
  return {
    async beat(heartbeat) {
      const key = chainKey(PARTITION, new TextEncoder().encode(heartbeat.service));
      await chain.put({ ...key, at: numeric(heartbeat.at), said: text(encode(heartbeat)) });
    },
    async all() {
      const where = { text: "#pk = :pk", values: { pk: text(PARTITION) } };
      const beats: Heartbeat[] = [];
      for await (const item of chain.query({ where })) beats.push(decode(item));
      return beats;
    },
  };
}
