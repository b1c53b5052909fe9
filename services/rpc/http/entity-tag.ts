import { createHash } from "node:crypto";

/** A strong validator of these bytes. @source RFC 9110 8.8.3 */
export function entityTag(body: string | Uint8Array): string {
  return `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
}

/** Whether `If-None-Match` names this answer. */
export function isUnchanged(condition: string | null, tag: string): boolean {
  if (condition === null) return false;
  if (condition.trim() === "*") return true;
  return condition.split(",").some((given) => given.trim().replace(/^W\//, "") === tag);
}
