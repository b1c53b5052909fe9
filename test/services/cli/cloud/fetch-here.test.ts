import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { fetchHere, HERE } from "#services/cli/cloud/fetch-here.ts";

it("finds this machine by names that nobody resolves, and tells it by which it was called", async () => {
  const server = createServer(async (request, response) => {
    const { method, headers, url } = request;
    response.writeHead(418).end([method, headers.host, url, await text(request)].join(" "));
  });
  let connections = 0;
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  const named = `http://abc.lambda-url.us-east-1.${HERE}:${port}`;
  const asked = { method: "POST", body: "hi", signal } as const;
  const host = `abc.lambda-url.us-east-1.${HERE}:${port}`;
  expect(await fetchHere(`${named}/a?b=c`, asked)).toEqual({
    status: 418,
    text: `POST ${host} /a?b=c hi`,
  });
  expect(await fetchHere(`${named}/`, { signal })).toMatchObject({ text: `GET ${host} / ` });
  const plain = await fetchHere(`http://127.0.0.1:${port}/`, asked);
  expect(plain.text).toBe(`POST 127.0.0.1:${port} / hi`);
  // None is kept: the next request on one that is just being closed would fail.
  expect(connections).toBe(3);
  server.closeAllConnections();
  server.close();
});
