import type { Heartbeat, Heartbeats } from "#shared/ports/heartbeats.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { chainKey } from "./chain-key.ts";
import { type DynamoItem, numeric, text, textOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

const PARTITION = "BEAT";
/** What is absent is written as null, so that a field that was forgotten is not taken for it. */
function encode(heartbeat: Heartbeat): string {
  return JSON.stringify(heartbeat, (_, value: unknown) => (value === undefined ? null : value));
}

async function decode(item: DynamoItem): Promise<Heartbeat> {
  const said = textOf(item, "said");
  // Loaded by whoever reads one: zod with it, which who only writes his own does without.
  const { parseHeartbeat } = await import("./parse-heartbeat.ts");
  try {
    return parseHeartbeat(said);
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
      for await (const item of chain.query({ where })) beats.push(await decode(item));
      return beats;
    },
  };
}
