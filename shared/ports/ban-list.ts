import type { UnixSeconds } from "#shared/primitives/brand.ts";

/** Somebody who is not talked to for a while. */
export interface Ban {
  /** `address/bits`, or `address:port` of one node on this machine. */
  readonly subject: string;
  readonly created: UnixSeconds;
  /** Exclusive. */
  readonly until: UnixSeconds;
  readonly reason: string;
}

/**
 * Who is banned, at most 10,000 of them: over that, those go first whose ban ends first. Nodes of
 * this machine share one address, so each is banned by address and port.
 *
 * Implementations: `adapters/embedded/{memory,disk}-ban-list.ts`. Each passes
 * `test/ports/ban-list.contract.ts`.
 */
export interface BanList {
  /**
   * @param subject an address, a network, or `address:port` on loopback
   * @returns `undefined` when it is none of them, or banned for longer already
   */
  ban(subject: string, until: UnixSeconds, reason: string): Ban | undefined;
  /** @returns whether it was banned */
  lift(subject: string): boolean;
  /** The ban in force for an endpoint, if any. A name is never banned. */
  find(endpoint: { readonly host: string; readonly port: number }): Ban | undefined;
  /** Those in force. */
  list(): readonly Ban[];
  clear(): void;
  /** Keep it over a restart. */
  save(): Promise<void>;
}
