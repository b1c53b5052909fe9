import type { Access } from "#services/rpc/deps.ts";
import type { Refusal } from "#services/rpc/problems.ts";

/**
 * Whether the name a request was sent to is ours. A page of a foreign name that was pointed at this
 * machine cannot pass: DNS rebinding ends here. @source interfaces.md 1.3
 */
export function checkHost(headers: Headers, access: Pick<Access, "hosts">): Refusal | undefined {
  const host = hostName(headers.get("host"));
  if (host !== undefined && (isLoopback(host) || access.hosts.includes(host))) return undefined;
  return {
    code: "EXOS-E4031",
    detail: "The Host header names neither this machine nor a name of httphosts",
  };
}

/**
 * Whether a request that may change something, or shows what is private, comes from this node's own
 * pages or from no page at all. Checked before any login.
 */
export function checkSameSite(headers: Headers): Refusal | undefined {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "none" && site !== "same-origin") {
    return { code: "EXOS-E4031", detail: `A page of another site sent this (${shorten(site)})` };
  }
  const origin = headers.get("origin");
  if (origin === null || origin === ownOrigin(headers)) return undefined;
  return { code: "EXOS-E4031", detail: "The Origin header names another site" };
}

/** @returns the origin to allow in the answer of a public route; nothing for one that is not listed */
export function allowedOrigin(
  headers: Headers,
  access: Pick<Access, "origins">,
): string | undefined {
  const origin = headers.get("origin");
  return origin !== null && access.origins.includes(origin) ? origin : undefined;
}

function ownOrigin(headers: Headers): string | undefined {
  const host = headers.get("host");
  return host === null ? undefined : `http://${host.toLowerCase()}`;
}

/** A host without its port, lower case; an IPv6 address keeps its brackets. */
function hostName(host: string | null): string | undefined {
  const found = /^(\[[0-9a-f:.]+\]|[^:/@[\]\s]+)(:\d{1,5})?$/.exec((host ?? "").toLowerCase());
  return found?.[1];
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "[::1]") return true;
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function shorten(text: string): string {
  return text.replace(/[^a-z-]/gi, "").slice(0, 20);
}
