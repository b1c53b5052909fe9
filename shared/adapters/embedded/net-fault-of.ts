import { NetFault, type NetFaultReason } from "#shared/ports/net-fault.ts";

/** What the system calls them. Whatever else happens to a socket ends it like a reset. */
const REASONS: Readonly<Record<string, NetFaultReason>> = {
  ABORT_ERR: "aborted",
  EACCES: "not allowed",
  EADDRINUSE: "address in use",
  EADDRNOTAVAIL: "address not ours",
  EAFNOSUPPORT: "address not ours",
  EAI_AGAIN: "no such name",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ENOTFOUND: "no such name",
  EPERM: "not allowed",
  ETIMEDOUT: "timeout",
};

/** The failure of a socket, as a fault of the port. */
export function netFaultOf(cause: unknown, what: string): NetFault {
  if (cause instanceof NetFault) return cause;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = REASONS[code] ?? "reset";
  return new NetFault(`${what}: ${reason}`, { reason, cause });
}
