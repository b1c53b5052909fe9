import type { Mempool } from "#shared/ports/mempool.ts";
import type { MempoolDeps } from "./mempool/deps.ts";
import { createMempool } from "./mempool.ts";

/** The pool over these ports, with what counts there taken over. @throws StoreFault of the ports */
export async function composeMempool(deps: MempoolDeps): Promise<Mempool> {
  const mempool = createMempool(deps);
  await mempool.open([]);
  return mempool;
}
