import type { Mempool } from "#shared/ports/mempool.ts";
import type { MempoolDeps } from "./mempool/deps.ts";
import { createMempool } from "./mempool.ts";

/**
 * The pool over these ports, with what counts there taken over as it stands: whoever follows the
 * chain keeps it on its tip. @throws StoreFault of the ports
 */
export async function composeMempool(deps: MempoolDeps): Promise<Mempool> {
  const mempool = createMempool({ kept: { by: "else" }, ...deps });
  await mempool.open([]);
  return mempool;
}
