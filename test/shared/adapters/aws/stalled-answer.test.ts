import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { clientSettings, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";

const TEXT = '{"TableNames":["chain"]}';
/** Long enough that a busy machine's answers come whole. */
const SILENT_MS = 750;

/** An endpoint whose first answers stop half way, while their connections stay open. */
async function openStalling(stalled: number) {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, {
      "content-type": "application/x-amz-json-1.0",
      "content-length": TEXT.length,
    });
    if (++asked <= stalled) response.write(TEXT.slice(0, 9));
    else response.end(TEXT);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo; // It listens on the loopback.
  return {
    asked: () => asked,
    settings: {
      ...clientSettings(SILENT_MS),
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      forcePathStyle: true,
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

describe("an answer that stops half way", () => {
  it("is asked for again", async () => {
    await using endpoint = await openStalling(1);
    const client = createDynamoClient(endpoint.settings);
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames).toEqual(["chain"]);
    expect(endpoint.asked()).toBeGreaterThan(1);
    client.destroy();
  });

  it("is a fault that may pass, where it is read piece by piece", async () => {
    await using endpoint = await openStalling(9);
    const client = new S3Client(endpoint.settings);
    const objects = createS3Objects({ client, bucket: "chain" });
    const fault = { code: "EXOS-E8100", retryable: true };
    await expect(objects.get("recent/1")).rejects.toMatchObject(fault);
    const pieces = (await objects.read("recent/1"))?.[Symbol.asyncIterator]();
    await pieces?.next();
    await expect(pieces?.next()).rejects.toMatchObject(fault);
    client.destroy();
  });
});
