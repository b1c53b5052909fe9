import type { RpcDeps } from "#services/rpc/deps.ts";
import type { StoreFault } from "#shared/ports/store-fault.ts";
import { ERROR_CATALOGUE, type ErrorCode, findError } from "#shared/primitives/error-catalogue.ts";

/** Faults whose message is written for whoever asks. */
const SAID_TO_CALLERS: ReadonlySet<ErrorCode> = new Set(["EXOS-E1009", "EXOS-E1016"]);

/** The row of a fault, where it is one of stores; the general one otherwise. */
export function storeCode({ code }: StoreFault): ErrorCode {
  const row = code === undefined ? undefined : findError(code);
  // What is in the catalogue is a key of it.
  return row?.status === 503 ? (code as ErrorCode) : "EXOS-E1000";
}

/**
 * What whoever asked is told of a fault of the stores: at a city no more than the row says, since the
 * message names accounts, roles and tables. Its log has the whole message under the request's id.
 */
export function toldOfFault(
  fault: StoreFault,
  { access }: Pick<RpcDeps, "access">,
  requestId: string,
): string {
  const code = storeCode(fault);
  if (access.kind === "node" || SAID_TO_CALLERS.has(code)) return fault.message;
  return `${ERROR_CATALOGUE[code].title}: the city's log says more, under request ${requestId}`;
}
