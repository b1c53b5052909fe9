import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { clientSettings, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";

describe("a client's handler of requests", () => {
  it("is made for the first, with what it was told before, and keeps its connection", async () => {
    let connections = 0;
    const server = createServer((request, response) => {
      request.resume();
      response.setHeader("content-type", "application/x-amz-json-1.0");
      response.end('{"TableNames":["chain"]}');
    });
    server.on("connection", () => connections++);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const { requestHandler } = clientSettings();
    const client = createDynamoClient({
      requestHandler,
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    try {
      expect(requestHandler.httpHandlerConfigs()).toEqual({});
      requestHandler.updateHttpClientConfig("socketTimeout", 2_500);
      for (let time = 0; time < 2; time++) {
        const { TableNames } = await client.send(new ListTablesCommand({}));
        expect(TableNames).toEqual(["chain"]);
      }
      expect(requestHandler.httpHandlerConfigs()).toMatchObject({
        ...{ connectionTimeout: 1_000, requestTimeout: 3_000, socketTimeout: 2_500 },
        httpAgent: { keepAlive: true, maxSockets: 128 },
      });
      expect(connections).toBe(1);
    } finally {
      client.destroy();
      const closed = once(server, "close");
      // Ends by itself once the client has let its connection go.
      server.close();
      await closed;
    }
  });
});
