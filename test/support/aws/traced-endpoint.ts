import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
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

/** What one request was, as it is billed. */
export interface BilledRequest {
  /** Such as `dynamodb:GetItem`. */
  readonly action: string;
  /** ARN of what was asked. */
  readonly resource: string;
  /** First parts of the keys that a table was asked for. */
  readonly leads: readonly string[];
  /** Capacity units of a table; 0 of everything else. */
  readonly units: number;
  /** Seconds for which a queue was to wait for a message. */
  readonly waitSeconds: number | undefined;
}

export interface TracedEndpointOptions {
  /** Address of whoever answers for tables, and of whoever does for buckets, queues and topics. */
  readonly tables: string;
  readonly others: string;
  /** The account and region that are asked, or how a request tells. */
  readonly place: Place | ((request: WireRequest) => Place);
  readonly canned?: CannedAnswers;
  /** Told of every request, with the access key that it is signed with. */
  asked(key: string, requests: readonly PolicyRequest[]): void;
  /** Told of every request, of those of tables once they are answered, with what it cost. */
  billed?(key: string, request: BilledRequest): void;
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
    const [first] = judged;
    const known = canned[first?.action ?? ""];
    const bill = (units: number) => {
      if (first === undefined) return;
      const leads = judged.flatMap(({ context }) => context?.["dynamodb:LeadingKeys"] ?? []);
      const { action, resource } = first;
      const request = { action, resource, leads, units, waitSeconds: waitOf(wire) };
      options.billed?.(keyOf(wire), request);
    };
    if (known === undefined) return passOn(wire, { options, agent, response, bill });
    const { status = 200, headers: own = {}, body: said } = await known(wire);
    bill(0);
    response.writeHead(status, own).end(said);
  }
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((cause: unknown) => {
      if (response.headersSent) return void response.destroy();
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
  bill(units: number): void;
}

async function passOn(wire: WireRequest, passing: Passing): Promise<void> {
  const { options, agent, response, bill } = passing;
  const { method, path, headers } = wire;
  const isTables = serviceOf(wire) === "dynamodb";
  const body = Buffer.from(isTables ? askForUnits(wire) : wire.body, "latin1");
  const sent = request(new URL(path, isTables ? options.tables : options.others), {
    method,
    agent,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, typeof value === "string" ? value : [...value]]],
      ),
    ),
  });
  if (isTables) sent.setHeader("content-length", body.length);
  sent.end(body);
  // What fails before the answer is heard below, what fails later where the answer is read.
  sent.on("error", () => undefined);
  // Of a poll that is given up too.
  if (!isTables) bill(0);
  const [answered] = (await once(sent, "response")) as [IncomingMessage];
  response.writeHead(answered.statusCode ?? 500, answered.headers);
  if (!isTables) {
    await pipeline(answered, response);
    return;
  }
  const said = await buffer(answered);
  bill(unitsIn(said.toString("utf8")) || leastOf(wire));
  response.end(said);
}

const METERED = /\.(?:Batch)?(?:Get|Put|Update|Delete)Item$|\.(?:Query|Scan)$/;

/** The same request, which is to be answered with what it cost. */
function askForUnits({ headers, body }: WireRequest): string {
  if (!METERED.test(String(headers["x-amz-target"]))) return body;
  return body.replace("{", '{"ReturnConsumedCapacity":"TOTAL",');
}

/** Of every table that an answer names. */
function unitsIn(answer: string): number {
  const each = answer.matchAll(/"CapacityUnits":([\d.]+)/g);
  return [...each].reduce((sum, [, units]) => sum + Number(units), 0);
}

/** A query that finds nothing is billed as one that finds a little; dynalite says that it is free. */
function leastOf({ headers, body }: WireRequest): number {
  if (!String(headers["x-amz-target"]).endsWith(".Query")) return 0;
  return body.includes('"ConsistentRead":true') ? 1 : 0.5;
}

function waitOf({ headers, body }: WireRequest): number | undefined {
  if (!String(headers["x-amz-target"]).endsWith(".ReceiveMessage")) return undefined;
  return Number(/"WaitTimeSeconds":(\d+)/.exec(body)?.[1] ?? 0);
}
