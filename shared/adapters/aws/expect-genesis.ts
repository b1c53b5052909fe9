import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** With what the chain of a network begins, and where its city keeps it. */
export interface OwnGenesis {
  readonly genesis: HashHex;
  /** Name of the table. */
  readonly table: string;
}

/**
 * That the stored chain is of the network whose rules this process has: by those of another, blocks of
 * this one would be found bad for ever.
 *
 * @param first hash of the stored chain's first block
 * @throws StoreFault `EXOS-E8106` when it is of another one
 */
export function expectGenesis(first: HashHex, { genesis, table }: OwnGenesis): void {
  if (first === genesis) return;
  throw new StoreFault(
    `The chain in ${table} begins with ${first}, and that of EXOS_NETWORK with ${genesis}.`,
    { retryable: false, code: "EXOS-E8106" },
  );
}
