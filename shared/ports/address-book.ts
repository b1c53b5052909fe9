import type { KnownAddress, NetworkAddress } from "#shared/codec/messages/network-address.ts";

/** How many addresses a book knows: of some it was only told, others have answered. */
export interface BookSizes {
  readonly told: number;
  readonly tried: number;
}

/**
 * Addresses of other nodes, bounded in number: 16,384 that somebody told of and 4,096 that have
 * answered. Where in the book an address may stand follows from a secret and from the networks of
 * the address and of who told of it, so nobody can fill the book with addresses of their own. Which
 * are picked and told to others is chosen at random.
 *
 * Implementations: `adapters/embedded/{memory,disk}-address-book.ts`. Each passes
 * `test/ports/address-book.contract.ts`.
 */
export interface AddressBook {
  /**
   * Take in what somebody told, but nothing that cannot be reached or was heard of too long ago.
   * @param source 16 bytes: who told it
   * @returns how many were not known before
   */
  add(addresses: readonly KnownAddress[], source: Uint8Array): number;
  /** It is dialled. Addresses that never answer are forgotten after three attempts. */
  attempted(address: Pick<NetworkAddress, "ip" | "port">): void;
  /**
   * It answered, as a node that we may use. Where an address that answered before stands in its
   * place, the newcomer waits until that one was asked again: see `contested`.
   */
  answered(address: NetworkAddress): void;
  /** One to dial. @param fresh only one that never answered */
  pick(fresh: boolean): KnownAddress | undefined;
  /** One that answered long ago and whose place another wants: dial it, to see which one stays. */
  contested(): KnownAddress | undefined;
  /** Some of the good ones, at most 23 of 100 and never more than this. @param countMax 1 to 1,000 */
  sample(countMax: number): KnownAddress[];
  sizes(): BookSizes;
  /** Keep what is known over a restart: all of it or, after a kill, what was kept before. */
  save(): Promise<void>;
}
