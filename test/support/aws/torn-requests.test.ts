import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import {
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { openTraceCollector } from "../trace-collector.ts";
import { openCannedEndpoint } from "./canned-endpoint.ts";
import { DYNAMO_TRAITS, openDynamoEndpoint } from "./dynamo-endpoint.ts";
import { ENDPOINTS } from "./endpoint-traits.ts";
import { testSettings } from "./test-settings.ts";
import { openTracedEndpoint } from "./traced-endpoint.ts";

/** Long enough for what was sent to be worked at. */
const ARRIVED_MS = 50;

/**
 * Begin a request, and be gone in the middle of its body. An error that nobody hears fails the run of
 * all suites and no test of it.
 */
async function tear(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\nhalf");
  await setTimeout(ARRIVED_MS);
  socket.destroy();
  await once(socket, "close");
  await setTimeout(ARRIVED_MS);
}

it("a collector of traces outlives a client that is gone in the middle of its request", async () => {
  await using collector = await openTraceCollector();
  await tear(collector.endpoint);
  const { status } = await fetch(collector.endpoint, { method: "POST", body: "{}" });
  expect(status).toBe(404);
});

it("so does an endpoint of canned answers, which says what it has none for", async () => {
  await using endpoint = await openCannedEndpoint(() => {
    throw new RangeError("no answer");
  });
  await tear(endpoint.url);
  const answer = await fetch(endpoint.url, { method: "POST", body: "{}" });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("no answer")]);
});

it("so does what writes requests down, also when whoever it asks stops in the middle", async () => {
  const half = createServer((_, response) => {
    response.writeHead(200, { "content-length": 1_000 }).write("half");
    setTimeout(ARRIVED_MS).then(() => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(half, "listening");
  const others = `http://127.0.0.1:${(half.address() as AddressInfo).port}`;
  const place = { partition: "aws", region: "us-east-1", account: "000000000000" };
  await using endpoint = await openTracedEndpoint({
    ...{ tables: others, others, place },
    asked: () => undefined,
  });
  await tear(endpoint.url);
  const settings = { ...testSettings(endpoint.url), maxAttempts: 1 };
  const [tables, queues] = [new DynamoDBClient(settings), new SQSClient(settings)];
  const torn = /aborted|ECONNRESET|socket hang up|terminated/;
  await expect(tables.send(new ListTablesCommand({}))).rejects.toThrow(torn);
  await expect(queues.send(new ListQueuesCommand({}))).rejects.toThrow(torn);
  half.close();
});

it.skipIf(DYNAMO_TRAITS !== ENDPOINTS["dynalite"])(
  "so do tables, and they may be left while they work",
  async () => {
    for (let round = 0; round < 20; round++) {
      const endpoint = await openDynamoEndpoint();
      const client = endpoint.client();
      if (round === 0) await tear(endpoint.url);
      await client.send(
        new CreateTableCommand({
          TableName: "table",
          KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
          AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
          BillingMode: "PAY_PER_REQUEST",
        }),
      );
      expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["table"]);
      const left = Array.from({ length: 8 }, () =>
        client.send(new ScanCommand({ TableName: "table" })).catch(() => undefined),
      );
      await setTimeout(round % 5);
      await endpoint[Symbol.asyncDispose]();
      await Promise.all(left);
    }
    await setTimeout(ARRIVED_MS);
  },
);
