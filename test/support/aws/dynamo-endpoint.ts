import { once } from "node:events";
import { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { type EndpointTraits, traitsOf } from "./endpoint-traits.ts";
import { FORMAL_SIGNER, testSettings } from "./test-settings.ts";

/** Tables to test against: dynalite in this process, or what the environment points to. */
export interface DynamoEndpoint extends AsyncDisposable {
  readonly url: string;
  /** A new client each time, so that each may have its own middleware. */
  client(): DynamoDBClient;
}

const given = process.env["AWS_ENDPOINT_URL_DYNAMODB"] ?? process.env["AWS_ENDPOINT_URL"];

/** What the endpoint is that `openDynamoEndpoint` opens; known before any test is declared. */
export const DYNAMO_TRAITS: EndpointTraits = traitsOf(
  given === undefined ? "dynalite" : process.env["EXOS_TEST_ENDPOINT"],
);

/**
 * Open the endpoint of tables: one a test file.
 *
 * @example
 * const endpoint = await openDynamoEndpoint();
 * afterAll(() => endpoint[Symbol.asyncDispose]());
 */
export async function openDynamoEndpoint(): Promise<DynamoEndpoint> {
  const clients: DynamoDBClient[] = [];
  const server = given === undefined ? await startDynalite() : undefined;
  // A server that listens on the loopback has such an address.
  const address = server?.address() as AddressInfo | undefined;
  const url = given ?? `http://127.0.0.1:${address?.port}`;
  return {
    url,
    client() {
      const client = createDynamoClient({
        ...testSettings(url),
        ...(given === undefined ? { signer: FORMAL_SIGNER } : {}),
      });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      if (server === undefined) return;
      server.closeAllConnections();
      // Its own way closes the store under requests that are still worked at, and these throw.
      Server.prototype.close.call(server);
      await once(server, "close");
    },
  };
}

async function startDynalite() {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // It throws where nobody hears it when a client is gone in the middle of a request.
  server.on("request", (request) =>
    request.removeAllListeners("error").on("error", () => undefined),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
