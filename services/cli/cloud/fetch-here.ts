import { type RequestOptions, request } from "node:http";
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

/** `fetch`, which finds functions of LocalStack by their names also where nobody resolves these. */
export async function fetchHere(
  url: string,
  asked: Asked,
): Promise<{ readonly status: number; readonly text: string }> {
  if (!new URL(url).hostname.endsWith(`.${HERE}`)) {
    const answer = await fetch(url, asked);
    return { status: answer.status, text: await answer.text() };
  }
  const { method = "GET", headers = {}, body = "", signal } = asked;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, signal, lookup: toLoopback }, (answer) => {
      const { statusCode: status = 0 } = answer;
      text(answer).then((said) => resolve({ status, text: said }), reject);
    });
    sent.once("error", reject).end(body);
  });
}
