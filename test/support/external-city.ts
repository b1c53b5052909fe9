import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type ExternalCity, nodeArguments } from "#services/cli/fleet/external-city.ts";
import { edgeStampText } from "#shared/fleet/edge-stamp.ts";
import { runInProcess } from "./run-in-process.ts";

/** The key that the edge of these tests signs with. */
export const EDGE_KEY_TEXT = "0f".repeat(32);
const VIEWER = "192.0.2.7";

/** New York as it is rendered, on a network that one machine may mine. */
export const NEW_YORK: ExternalCity = {
  code: "nyc",
  name: "New York",
  environment: "test",
  network: "exos-regtest",
  peerPort: 0,
  host: "nyc.origin.exos.example",
  channelUrl: "https://exos.example/release/channel-3.json",
  serialMin: 0,
  releaseKey: "",
  proxyImage: "",
  keyCity: undefined,
  operator: undefined,
};

/** What the edge says to a city with a request. @param key of the edge, unless another one is tried */
export function stampOf(key = EDGE_KEY_TEXT): Record<string, string> {
  const unix = Math.floor(Date.now() / 1_000);
  const stamp = createHmac("sha256", key).update(edgeStampText(unix, VIEWER)).digest("hex");
  return { "x-exos-client": VIEWER, "x-exos-edge": `${unix}.${stamp}` };
}

/** A folder with the key of the edge, as an operator lays it down. */
function layEdgeKey(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "edge-key"), `${EDGE_KEY_TEXT}\n`, { mode: 0o400 });
  return folder;
}

/** The rendered arguments, with folders of this machine and ports that nobody else has. */
function argumentsHere(
  city: ExternalCity,
  { data, secrets }: { readonly data: string; readonly secrets: string },
): string[] {
  const here: Readonly<Record<string, string>> = {
    "--datadir": data,
    "--secrets": secrets,
    "--httpport": "0",
    "--rpcport": "0",
  };
  return nodeArguments(city).map((word, at, words) => here[words[at - 1] ?? ""] ?? word);
}

const READY = z.object({ httpUrl: z.string(), city: z.string() });
/** What `/readyz` of a city says, as far as it is looked at here. */
const ANSWER = z.object({
  tip: z.object({ height: z.int(), hash: z.string() }).optional(),
});

/** A city outside AWS, in this process. Dispose of it to stop it in order. */
export interface RunningCity extends AsyncDisposable {
  /** Three letters. */
  readonly city: string;
  ask(path: string, headers: Readonly<Record<string, string>>): Promise<Response>;
  /** The block that it stands on, once it says to the edge that it is ready. */
  readyAt(): Promise<{ readonly height: number; readonly hash: string } | undefined>;
}

/** Start New York with what is rendered for it, and with what else an operator may say. */
export async function startExternalCity(
  folder: string,
  { words, release }: { readonly words: readonly string[]; readonly release: string },
): Promise<RunningCity> {
  const secrets = layEdgeKey(join(folder, "secrets"));
  const here = argumentsHere(NEW_YORK, { data: join(folder, "data"), secrets });
  const stop = new AbortController();
  const said = Promise.withResolvers<string>();
  const running = runInProcess([...here, ...words, "--json"], {
    environment: { EXOS_RELEASE: release },
    signal: stop.signal,
    onOutput: (out) => out.includes("\n") && said.resolve(out),
  });
  const ended = running.then(({ err }) => Promise.reject(new RangeError(`it ended: ${err}`)));
  const { httpUrl, city } = READY.parse(JSON.parse(await Promise.race([said.promise, ended])));
  ended.catch(() => undefined);
  const ask: RunningCity["ask"] = (path, headers) => fetch(`${httpUrl}${path}`, { headers });
  return {
    city,
    ask,
    async readyAt() {
      const answer = await ask("/readyz", stampOf());
      const { tip } = ANSWER.parse(await answer.json());
      return answer.status === 200 ? tip : undefined;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      const { code, err } = await running;
      if (code !== 0) throw new RangeError(`it ended with ${code}: ${err}`);
    },
  };
}
