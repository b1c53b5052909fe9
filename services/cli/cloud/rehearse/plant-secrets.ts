import { randomBytes } from "node:crypto";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import type { Rehearsal } from "#services/cli/cloud/rehearse/rehearsal.ts";
import { EDGE_KEY } from "#shared/fleet/edge-stamp.ts";

/** The edge's key, and whatever is random in the others. */
const KEY_BYTES = 32;

/** 32 random bytes in hex, which nothing but chance or a leak writes. */
export function freshKey(): string {
  return randomBytes(KEY_BYTES).toString("hex");
}

/**
 * Keys that whoever rehearses has in his own environment, as operators do. Nothing uses them: an emulator
 * has keys of its own, and no program that is started may hand these on.
 *
 * @param secrets to which they are added
 */
export function operatorKeys(secrets: Map<string, string>): Readonly<Record<string, string>> {
  const keys = { AWS_SECRET_ACCESS_KEY: freshKey(), AWS_SESSION_TOKEN: freshKey() };
  for (const [name, value] of Object.entries(keys)) secrets.set(`${name} of the operator`, value);
  return keys;
}

/** The secrets of a city where its functions find them. @source cloud.md 9.3 */
export async function plantSecrets({ cloud, secrets }: Rehearsal): Promise<void> {
  const planted = {
    [EDGE_KEY]: freshKey(),
    // With the signs that documents and URLs escape.
    "rpc-auth": `operator:${freshKey()}$"${freshKey()}"`,
    webhook: `https://hooks.example/${freshKey()}?to=operators&as="exos"`,
  };
  for (const [name, value] of Object.entries(planted)) {
    await cloud.putSecret(`${LOCAL_CITY.secrets}/${name}`, value);
    secrets.set(name, value);
  }
}
