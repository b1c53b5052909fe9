import type { UnixSeconds } from "#shared/primitives/brand.ts";

/** What a task is paid as: whenever there is room, or always. */
export type TaskProvider = "spot" | "on-demand";

/** The task that talks to peers, as the city's cluster has it. */
export interface SeenTask {
  /** Tasks that run now; two while one takes over from the other. */
  readonly running: number;
  readonly provider: TaskProvider;
  /** When its service was changed last: deployed, or given another provider. */
  readonly since: UnixSeconds;
  /** Public IPv4 address of a running task; `undefined` while none has one. */
  readonly address: string | undefined;
}

/**
 * The service that keeps the peer process of a city running.
 * Implementation: `adapters/aws/ecs-peer-task.ts`. Every method throws StoreFault when the world failed.
 */
export interface PeerTask {
  /** @returns `undefined` where the city has no such service: its peer process is run otherwise */
  see(): Promise<SeenTask | undefined>;
  /** Run it on this provider from now on. */
  use(provider: TaskProvider): Promise<void>;
}

/**
 * The name under which other nodes find the city.
 * Implementation: `adapters/aws/route53-seed-record.ts`.
 */
export interface SeedRecord {
  /** Point it at IPv4 addresses, one or more; it may be pointed there already. @throws StoreFault when it cannot */
  point(addresses: readonly string[]): Promise<void>;
}
