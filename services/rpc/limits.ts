import type { Access } from "#services/rpc/deps.ts";
import { RATE_UNITS_MAX, RATE_UNITS_PER_SECOND } from "#services/rpc/http/rate-limit.ts";
import { STREAMS_MAX } from "#services/rpc/http/stream-limit.ts";
import { JSON_DEPTH_MAX } from "#services/rpc/json/read-json.ts";

/** Seconds a request may take; methods that need a login are free of it. */
export const REQUEST_SECONDS_MAX = 25;
/** Seconds within which the headers of a request must have come. */
export const HEADER_SECONDS_MAX = 10;
/** Calls in one JSON-RPC request to one's own node. */
export const RPC_BATCH_MAX = 1_000;
/** Bytes of a request body on one's own node. */
export const BODY_BYTES_MAX = 32 * 1_048_576;
/** Bytes of a request body at a city: of JSON-RPC and transactions, and of anything else. */
const CITY_BODY_BYTES_MAX = 4 * 1_048_576;
const CITY_OTHER_BODY_BYTES_MAX = 1_048_576;
/** Calls in one JSON-RPC request to a city. */
const CITY_RPC_BATCH_MAX = 100;
export const HEADER_BYTES_MAX = 16_384;
export const URL_BYTES_MAX = 8_192;
/** An answer of more bytes is refused. */
export const ANSWER_BYTES_MAX = 16 * 1_048_576;
/** An answer of more bytes is sent in pieces. */
export const STREAM_BYTES_FROM = 1_048_576;
export const SEARCH_CHARACTERS_MAX = 200;
export const PAGE_ITEMS_DEFAULT = 25;
export const PAGE_ITEMS_MAX = 200;
export const HEADERS_MAX = 2_000;
/** Connections from one address. */
export const CONNECTIONS_MAX = 256;
/** All connections to a city behind the edge: 20 streams of 200 clients, and who asks once. */
export const EDGE_CONNECTIONS_MAX = 4_096;

/** What `/v1/limits` answers. @source interfaces.md 1.3 */
export const LIMITS = {
  requestSeconds: REQUEST_SECONDS_MAX,
  headerSeconds: HEADER_SECONDS_MAX,
  rpcBatchCalls: RPC_BATCH_MAX,
  bodyBytes: BODY_BYTES_MAX,
  otherBodyBytes: BODY_BYTES_MAX,
  headerBytes: HEADER_BYTES_MAX,
  urlBytes: URL_BYTES_MAX,
  answerBytes: ANSWER_BYTES_MAX,
  jsonDepth: JSON_DEPTH_MAX,
  searchCharacters: SEARCH_CHARACTERS_MAX,
  pageItemsDefault: PAGE_ITEMS_DEFAULT,
  pageItemsMax: PAGE_ITEMS_MAX,
  headers: HEADERS_MAX,
  connectionsPerClient: CONNECTIONS_MAX,
  rateUnits: RATE_UNITS_MAX,
  rateUnitsPerSecond: RATE_UNITS_PER_SECOND,
  streamsPerClient: STREAMS_MAX,
} as const;

/** The limits of everybody's city are tighter than those of one's own node. */
export function limitsOf({ kind }: Pick<Access, "kind">) {
  if (kind === "node") return LIMITS;
  return {
    ...LIMITS,
    rpcBatchCalls: CITY_RPC_BATCH_MAX,
    bodyBytes: CITY_BODY_BYTES_MAX,
    otherBodyBytes: CITY_OTHER_BODY_BYTES_MAX,
  };
}
