import { randomBytes } from "node:crypto";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import type { Rehearsal } from "#services/cli/cloud/rehearse/rehearsal.ts";
import { EDGE_KEY } from "#shared/fleet/edge-stamp.ts";

/** Of the edge's key. */
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

/**
 * The one secret of a city where its functions find it. It has no other: who asks a city needs no login
 * (interfaces.md 2), and the address that is told of alarms stands in a template.
 *
 * @source cloud.md 9.3
 */
export async function plantSecrets({
  cloud,
  secrets,
}: Pick<Rehearsal, "secrets"> & {
  readonly cloud: Pick<Rehearsal["cloud"], "putSecret">;
}): Promise<void> {
  const value = freshKey();
  await cloud.putSecret(`${LOCAL_CITY.secrets}/${EDGE_KEY}`, value);
  secrets.set(EDGE_KEY, value);
}
