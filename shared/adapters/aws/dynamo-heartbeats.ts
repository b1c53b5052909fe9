import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Heartbeat, Heartbeats } from "#shared/ports/heartbeats.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { chainKey } from "./chain-key.ts";
import { binary, type DynamoItem, numeric, optionalBytesOf, text, textOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

const PARTITION = "BEAT";
/** What is absent is written as null, so that a field that was forgotten is not taken for it. */
function encode(heartbeat: Heartbeat): string {
  return JSON.stringify(heartbeat, (_, value: unknown) => (value === undefined ? null : value));
}

/** Of a unit that a write is billed by: room for the key, the time and the names. */
const PLAIN_BYTES_MAX = 900;
/** No heartbeat is longer than this, however it is kept. */
const SAID_BYTES_MAX = 65_536;

/** What was said; that of a watcher names every city's block, mostly the same one: it is deflated. */
function saidOf(plain: string): DynamoItem {
  const bytes = Buffer.from(plain);
  return bytes.length <= PLAIN_BYTES_MAX
    ? { said: text(plain) }
    : { deflated: binary(deflateRawSync(bytes)) };
}

function plainOf(item: DynamoItem): string {
  const deflated = optionalBytesOf(item, "deflated");
  if (deflated === undefined) return textOf(item, "said");
  try {
    return inflateRawSync(deflated, { maxOutputLength: SAID_BYTES_MAX }).toString("utf8");
  } catch (cause) {
    const message = "A stored item is broken: a heartbeat cannot be inflated.";
    throw new StoreFault(message, { retryable: false, code: "EXOS-E8107", cause });
  }
}

async function decode(item: DynamoItem): Promise<Heartbeat | undefined> {
  const said = plainOf(item);
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
 * Heartbeats as items `BEAT` / service: `at`, and all that was said as JSON, deflated where it would
 * cost more than one write unit.
 *
 * @param chain the table `chain`
 * @source cloud.md 3.1
 */
export function createDynamoHeartbeats(chain: DynamoTable): Heartbeats {
  return {
    async beat(heartbeat) {
      const key = chainKey(PARTITION, new TextEncoder().encode(heartbeat.service));
      await chain.put({ ...key, at: numeric(heartbeat.at), ...saidOf(encode(heartbeat)) });
    },
    async all() {
      const where = { text: "#pk = :pk", values: { pk: text(PARTITION) } };
      const beats: Heartbeat[] = [];
      for await (const item of chain.query({ where })) {
        const beat = await decode(item);
        if (beat !== undefined) beats.push(beat);
      }
      return beats;
    },
  };
}
