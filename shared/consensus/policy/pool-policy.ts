import type { Network } from "#shared/consensus/params.ts";

/** What an operator lets into his pool. Nothing in it is consensus. @source exos-l1.md 6.2 */
export interface PoolPolicy {
  /** Memory for the pool, in bytes (`maxmempool`). */
  readonly usageMax: number;
  /** How long a transaction may wait (`mempoolexpiry`). */
  readonly expirySeconds: number;
  /** Base units per 1,000 bytes (`minrelaytxfee`). */
  readonly relayFeeRate: bigint;
  /** Whether only standard transactions enter (`acceptnonstdtxn` says no). */
  readonly requireStandard: boolean;
  /** Itself included (`limitancestorcount`, `limitancestorsize`); sizes in bytes. */
  readonly ancestorCountMax: number;
  readonly ancestorSizeMax: number;
  /** Of each ancestor, itself included (`limitdescendantcount`, `limitdescendantsize`). */
  readonly descendantCountMax: number;
  readonly descendantSizeMax: number;
  /** Whether a transaction may give way to one that pays more (`mempoolreplacement`). */
  readonly replacement: boolean;
  /** Transactions that wait for a parent (`maxorphantx`). */
  readonly orphansMax: number;
}

/** @source MempoolValidator.cs, MempoolOrphans.cs (EXOSFullNode e61c2e61); exos-l1.md 6.2, 6.3 */
const DEFAULTS = {
  usageMax: 300_000_000,
  expirySeconds: 336 * 60 * 60,
  ancestorCountMax: 25,
  ancestorSizeMax: 101_000,
  descendantCountMax: 25,
  descendantSizeMax: 101_000,
  replacement: true,
  orphansMax: 100,
};

/** Base units per 1,000 bytes. @source exos-l1.md 6.2; bitcoin/bitcoin policy/policy.h (25.0) */
const RELAY_FEE_RATE = { exos: 10_000n, bitcoin: 1_000n };

/** What a network's nodes do unless they are told otherwise. */
export function defaultPolicy({
  kind,
  consensus,
}: Pick<Network, "kind" | "consensus">): PoolPolicy {
  return {
    ...DEFAULTS,
    relayFeeRate: RELAY_FEE_RATE[consensus.dialect],
    requireStandard: kind === "main",
  };
}

/**
 * Memory of a city's pool, in bytes: some 4,500 usual transactions. To read them all takes 1.5 seconds
 * of a processor, 18 MB and 9,600 read units (measured), of the 20 seconds and 512 MB of a function; a
 * pool of a node's default size would be read by nobody, and so be emptied by nobody.
 *
 * @source cloud.md 3.3, 7.1
 */
const CITY_USAGE_MAX = 20_000_000;

/** What a network's cities do. */
export function cityPolicy(network: Pick<Network, "kind" | "consensus">): PoolPolicy {
  return { ...defaultPolicy(network), usageMax: CITY_USAGE_MAX };
}
