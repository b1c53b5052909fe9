import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { PolicyRequest } from "../policy-matcher.ts";
import {
  keyOf,
  type Place,
  readAwsRequest,
  serviceOf,
  type WireRequest,
} from "./read-aws-request.ts";

/** What is answered to a request that no endpoint in this process knows. */
export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** By action, such as `ecs:ListTasks`. */
export type CannedAnswers = Readonly<
  Record<string, (request: WireRequest) => CannedAnswer | Promise<CannedAnswer>>
>;

export interface TracedEndpointOptions {
  /** Address of whoever answers for tables, and of whoever does for buckets, queues and topics. */
  readonly tables: string;
  readonly others: string;
  /** The account and region that are asked, or how a request tells. */
  readonly place: Place | ((request: WireRequest) => Place);
  readonly canned?: CannedAnswers;
  /** Told of every request, with the access key that it is signed with. */
  asked(key: string, requests: readonly PolicyRequest[]): void;
}

/** All of AWS behind one address, where every request is written down as IAM would judge it. */
export interface TracedEndpoint extends AsyncDisposable {
  readonly url: string;
}

/** In front of endpoints of this process; what they do not know has an answer here, or fails. */
export async function openTracedEndpoint(options: TracedEndpointOptions): Promise<TracedEndpoint> {
  const { place, canned = {} } = options;
  const agent = new Agent({ keepAlive: true });
  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming.setEncoding("latin1"));
    const { method = "", url: path = "", headers } = incoming;
    const wire: WireRequest = { method, path, headers, body };
    const judged = readAwsRequest(wire, typeof place === "function" ? place(wire) : place);
    options.asked(keyOf(wire), judged);
    const known = canned[judged[0]?.action ?? ""];
    if (known === undefined) return passOn(wire, { options, agent, response });
    const { status = 200, headers: own = {}, body: said } = await known(wire);
    response.writeHead(status, own).end(said);
  }
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((cause: unknown) => {
      // A refusal that is not tried again, so that the test says what it was.
      response.writeHead(400).end(JSON.stringify({ __type: "Untraced", message: String(cause) }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on the loopback has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Passing {
  readonly options: TracedEndpointOptions;
  readonly agent: Agent;
  readonly response: ServerResponse;
}

async function passOn(wire: WireRequest, { options, agent, response }: Passing): Promise<void> {
  const { method, path, headers, body } = wire;
  const target = serviceOf(wire) === "dynamodb" ? options.tables : options.others;
  const sent = request(new URL(path, target), {
    method,
    agent,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, typeof value === "string" ? value : [...value]]],
      ),
    ),
  });
  sent.end(Buffer.from(body, "latin1"));
  const [answered] = (await once(sent, "response")) as [IncomingMessage];
  response.writeHead(answered.statusCode ?? 500, answered.headers);
  answered.pipe(response);
}
