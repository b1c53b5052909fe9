import { expect, it } from "vitest";
import { composeWatch } from "#services/ingest/compose-watch.ts";

const ENVIRONMENT = {
  EXOS_CITY: "loc",
  EXOS_NETWORK: "exos-regtest",
  EXOS_TABLE_CHAIN: "exos-local-loc-chain",
  EXOS_TABLE_COINS: "exos-local-loc-coins",
  EXOS_BUCKET_CHAIN: "exos-local-loc-000000000000-chain",
  EXOS_QUEUE_CONNECT: "http://127.0.0.1:1/exos-local-loc-connect.fifo",
  EXOS_QUEUE_DEAD: "http://127.0.0.1:1/exos-local-loc-dead",
  EXOS_QUEUE_DEAD_FIFO: "http://127.0.0.1:1/exos-local-loc-dead.fifo",
  EXOS_TOPIC_FOLLOW: "arn:aws:sns:us-east-1:000000000000:exos-local-loc-follow",
  EXOS_TOPIC_ALARMS: "arn:aws:sns:us-east-1:000000000000:exos-local-loc-alarms",
} as const;

it("watches over a city on a machine of one's own without a cluster, and nowhere else", () => {
  expect(composeWatch({ ...ENVIRONMENT, EXOS_ENVIRONMENT: "local" })).toBeTypeOf("function");
  const onAws = { ...ENVIRONMENT, EXOS_ENVIRONMENT: "prod" };
  expect(() => composeWatch(onAws)).toThrow("EXOS_SERVICE_INGEST");
  const peers = { ...onAws, EXOS_SERVICE_INGEST: "exos-prod-loc/ingest" };
  expect(() => composeWatch(peers)).toThrow("EXOS_SERVICE_REPLAY");
  const named = { ...peers, EXOS_SERVICE_REPLAY: "exos-prod-loc/replay" };
  expect(composeWatch(named)).toBeTypeOf("function");
});
