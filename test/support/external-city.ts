import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ExternalCity, nodeArguments } from "#services/cli/fleet/external-city.ts";
import { edgeStampText } from "#shared/fleet/edge-stamp.ts";

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
  releaseKey: "",
  proxyImage: "",
};

/** What the edge says to a city with a request. @param key of the edge, unless another one is tried */
export function stampOf(key = EDGE_KEY_TEXT): Record<string, string> {
  const unix = Math.floor(Date.now() / 1_000);
  const stamp = createHmac("sha256", key).update(edgeStampText(unix, VIEWER)).digest("hex");
  return { "x-exos-client": VIEWER, "x-exos-edge": `${unix}.${stamp}` };
}

/** A folder with the key of the edge, as an operator lays it down. */
export function layEdgeKey(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "edge-key"), `${EDGE_KEY_TEXT}\n`, { mode: 0o400 });
  return folder;
}

/** The rendered arguments, with folders of this machine and ports that nobody else has. */
export function argumentsHere(
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
