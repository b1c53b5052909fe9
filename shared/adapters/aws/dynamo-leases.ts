import type { Lease, LeaseAsk, LeaseName, Leases } from "#shared/ports/leases.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { chainKey } from "./chain-key.ts";
import { numberOf, numeric, text, textOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** Races in a row after which somebody is doing nothing but take leases. */
const RACES_MAX = 8;
/** The end of a lease that was given back. */
const FREE = unixSeconds(0);

/**
 * Leases as items `L#<name>`, replaced on condition of their number.
 *
 * @param chain the table `chain`
 * @source cloud.md 3.1
 */
export function createDynamoLeases(chain: DynamoTable): Leases {
  async function read(name: LeaseName): Promise<Lease | undefined> {
    const item = await chain.get(chainKey(`L#${name}`));
    if (item === undefined) return undefined;
    const until = unixSeconds(numberOf(item, "exp"));
    return { name, owner: textOf(item, "owner"), n: numberOf(item, "n"), until };
  }

  function replace(before: Lease | undefined, lease: Lease): Promise<boolean> {
    const item = {
      ...chainKey(`L#${lease.name}`),
      owner: text(lease.owner),
      n: numeric(lease.n),
      exp: numeric(lease.until),
    };
    if (before === undefined) return chain.put(item, { text: "attribute_not_exists(#pk)" });
    return chain.put(item, { text: "#n = :n", values: { n: numeric(before.n) } });
  }

  /** Replace what is there if it may be; what lost a race, or was ours all along, is read again. */
  async function change(
    name: LeaseName,
    next: (held: Lease | undefined) => Lease | undefined,
  ): Promise<Lease | undefined> {
    for (let race = 0; race < RACES_MAX; race++) {
      const held = await read(name);
      const lease = next(held);
      if (lease === undefined || (await replace(held, lease))) return lease;
    }
    throw new StoreFault(`The lease ${name} keeps changing hands.`, { retryable: true });
  }

  const ask = (owner: string, held: Lease | undefined, of: Omit<LeaseAsk, "owner">) => ({
    owner,
    n: (held?.n ?? 0) + 1,
    until: unixSeconds(of.now + of.seconds),
  });
  // A lease that was given back is nobody's, whoever gave it.
  const isOurs = (held: Lease | undefined, { owner }: Lease) =>
    held !== undefined && held.owner === owner && held.until > FREE;

  return {
    take: (name, { owner, now, seconds }) =>
      change(name, (held) => {
        const isTaken = held !== undefined && held.owner !== owner && held.until > now;
        return isTaken ? undefined : { name, ...ask(owner, held, { now, seconds }) };
      }),
    renew: (lease, of) =>
      change(lease.name, (held) =>
        isOurs(held, lease) ? { name: lease.name, ...ask(lease.owner, held, of) } : undefined,
      ),
    async release(lease) {
      await change(lease.name, (held) =>
        held !== undefined && isOurs(held, lease)
          ? { ...held, n: held.n + 1, until: FREE }
          : undefined,
      );
    },
    async holder(name, now) {
      const held = await read(name);
      return held !== undefined && held.until > now ? held : undefined;
    },
  };
}
