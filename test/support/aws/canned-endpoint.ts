import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it arrived. */
export interface CannedRequest {
  /** Action of the service, else method and path. */
  readonly what: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** What is answered: XML or JSON, with another status where one is said. */
export type CannedAnswer =
  | string
  | { readonly status: number; readonly text: string; readonly headers?: Record<string, string> };

/** An endpoint of any service of AWS, for the few calls that somebody wrote an answer for. */
export interface CannedEndpoint extends AsyncDisposable {
  readonly url: string;
  /** Every request so far. */
  readonly asked: CannedRequest[];
}

/** A service of the query protocol puts its answer into two elements. */
export function xmlAnswer(action: string, inner: string): string {
  return `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;
}

function actionOf({ headers, method, url }: IncomingMessage, body: string): string {
  const target = String(headers["x-amz-target"] ?? "").split(".")[1];
  return target ?? /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? `${method} ${url}`;
}

/** @param answerTo says what is answered; `undefined`: an empty document */
export async function openCannedEndpoint(
  answerTo: (request: CannedRequest) => CannedAnswer | undefined | Promise<CannedAnswer>,
): Promise<CannedEndpoint> {
  const asked: CannedRequest[] = [];
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString("utf8");
    const made = { what: actionOf(request, body), body, headers: request.headers };
    asked.push(made);
    const answer = (await answerTo(made)) ?? "{}";
    const said = typeof answer === "string" ? { status: 200, text: answer, headers: {} } : answer;
    const type = said.text.startsWith("<") ? "text/xml" : "application/json";
    response.writeHead(said.status, { "content-type": type, ...said.headers }).end(said.text);
  }
  const server = createServer((request, response) => {
    respond(request, response).catch((cause: unknown) => {
      // A refusal that is not tried again, so that the test says what it was.
      response.writeHead(400).end(JSON.stringify({ __type: "Uncanned", message: String(cause) }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // It listens on the loopback.
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
