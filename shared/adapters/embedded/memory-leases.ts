import type { Lease, LeaseName, Leases } from "#shared/ports/leases.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

/** The end of a lease that was given back. */
const FREE = unixSeconds(0);

/** Leases in a Map, for the workers of one process. */
export function createMemoryLeases(): Leases {
  const leases = new Map<LeaseName, Lease>();
  // A lease that was given back is nobody's, whoever gave it.
  const isOurs = (held: Lease | undefined, { owner }: Lease): held is Lease =>
    held !== undefined && held.owner === owner && held.until > 0;
  return {
    async take(name, { owner, now, seconds }) {
      const held = leases.get(name);
      if (held !== undefined && held.owner !== owner && held.until > now) return undefined;
      const lease = { name, owner, n: (held?.n ?? 0) + 1, until: unixSeconds(now + seconds) };
      leases.set(name, lease);
      return lease;
    },
    async renew(lease, { now, seconds }) {
      const held = leases.get(lease.name);
      if (!isOurs(held, lease)) return undefined;
      const renewed = { ...held, n: held.n + 1, until: unixSeconds(now + seconds) };
      leases.set(lease.name, renewed);
      return renewed;
    },
    async release(lease) {
      const held = leases.get(lease.name);
      if (isOurs(held, lease)) leases.set(lease.name, { ...held, n: held.n + 1, until: FREE });
    },
    async holder(name, now) {
      const held = leases.get(name);
      return held !== undefined && held.until > now ? held : undefined;
    },
  };
}
