import type { EnvironmentName } from "./environment.ts";

/** Which city's names are asked for. */
export interface CityPlace {
  readonly environment: EnvironmentName;
  /** Three letters. */
  readonly code: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

/** Handlers of a city that run as functions; `exos-<environment>-<city>-<one of these>`. */
export const FUNCTIONS = [
  "check",
  "connect",
  "mempool",
  "mempool-follow",
  "index-follow",
  "rpc",
  "rpc-events",
  "watch",
  "stake-sign",
] as const;

/** A handler that runs as a function. */
export type FunctionName = (typeof FUNCTIONS)[number];

/** Every name of one city in AWS. */
export interface CityNames extends CityPlace {
  /** `exos-<environment>-<code>`, before every other name. */
  readonly prefix: string;
  readonly tables: {
    readonly chain: string;
    /** Up to the generation: `-g<n>` follows. */
    readonly coins: string;
    /** Up to the generation: `-g<n>` follows. */
    readonly index: string;
    readonly pool: string;
  };
  readonly buckets: { readonly chain: string; readonly logs: string };
  readonly queues: {
    readonly blocks: string;
    readonly connect: string;
    readonly transactions: string;
    readonly announce: string;
    readonly dead: string;
    readonly deadFifo: string;
    readonly deadEvents: string;
  };
  readonly topics: { readonly follow: string; readonly alarms: string };
  readonly cluster: string;
  /** The peer process, in the cluster. */
  readonly service: string;
  /** The replay of what the city began with, in the cluster. */
  readonly replay: string;
  /** Repository of the image. */
  readonly repository: string;
  /** Path of the city's secrets, without a slash at its end. */
  readonly secrets: string;
  /** Log groups are below it, one for each function and one for all tasks; no slash at its end. */
  readonly logs: string;
  /** Alias of the staking key, in cities that stake. */
  readonly stakeKey: string;
}

/** The names of a city, by construction: nothing is looked up. @source cloud.md 2, 3, 5.1, 9.3 */
export function cityNames(place: CityPlace): CityNames {
  const { environment, code, account } = place;
  const prefix = `exos-${environment}-${code}`;
  return {
    ...place,
    prefix,
    tables: {
      chain: `${prefix}-chain`,
      coins: `${prefix}-coins`,
      index: `${prefix}-index`,
      pool: `${prefix}-pool`,
    },
    // Bucket names are unique in the world, so they carry the account.
    buckets: { chain: `${prefix}-${account}-chain`, logs: `${prefix}-${account}-logs` },
    queues: {
      blocks: `${prefix}-blocks`,
      connect: `${prefix}-connect.fifo`,
      transactions: `${prefix}-transactions`,
      announce: `${prefix}-announce`,
      dead: `${prefix}-dead`,
      deadFifo: `${prefix}-dead.fifo`,
      deadEvents: `${prefix}-dead-events`,
    },
    topics: { follow: `${prefix}-follow`, alarms: `${prefix}-alarms` },
    cluster: prefix,
    service: "ingest",
    replay: "replay",
    repository: `${prefix}-node`,
    secrets: `/exos/${environment}/${code}`,
    logs: `/exos/${environment}/${code}`,
    stakeKey: `alias/${prefix}-stake`,
  };
}

/** Name of a function of a city. */
export function functionName({ prefix }: Pick<CityNames, "prefix">, name: FunctionName): string {
  return `${prefix}-${name}`;
}

/** What is said of a city's staking key, by which it is found when its alias is gone with the city. */
export function stakeKeyDescription({ prefix }: Pick<CityNames, "prefix">): string {
  return `Stakes in ${prefix}: coinstakes and block signatures, no payments.`;
}
