import { type RequestOptions, request } from "node:http";
import { request as requestOverTls } from "node:https";
import { text } from "node:stream/consumers";

/** All names below it are this machine, by a public name service that is not asked. */
export const HERE = "localhost.localstack.cloud";

/** What is asked, and what of an answer is read. */
interface Asked {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

const toLoopback: RequestOptions["lookup"] = (_name, { all }, done) => {
  const [address, family] = ["127.0.0.1", 4];
  if (all === true) done(null, [{ address, family }]);
  else done(null, address, family);
};

/**
 * One request over a connection of its own: one that was kept may be closed by the other end just as
 * it is used again. Functions of LocalStack are found by their names also where nobody resolves these.
 */
export async function fetchHere(
  url: string,
  { method = "GET", headers = {}, body = "", signal }: Asked,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, protocol } = new URL(url);
  const found = hostname.endsWith(`.${HERE}`) ? { lookup: toLoopback } : {};
  const send = protocol === "https:" ? requestOverTls : request;
  return new Promise((resolve, reject) => {
    const sent = send(url, { method, headers, signal, agent: false, ...found }, (answer) => {
      const { statusCode: status = 0 } = answer;
      text(answer).then((said) => resolve({ status, text: said }), reject);
    });
    sent.once("error", reject).end(body);
  });
}
