import { formatEndpoint, parseEndpoint } from "#shared/p2p/endpoint-text.ts";
import {
  formatIp,
  type IpNetwork,
  isInNetwork,
  isIpv4,
  isLoopback,
  parseIp,
  parseNetworkOfIps,
} from "#shared/p2p/ip-address.ts";
import type { Ban, BanList } from "#shared/ports/ban-list.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

const BANS_MAX = 10_000;

interface Held {
  readonly ban: Ban;
  /** `undefined`: one node of this machine. */
  readonly network: IpNetwork | undefined;
}

/** The one way to write a subject. @returns `undefined` for what cannot be banned */
export function banSubject(text: string): string | undefined {
  const network = parseNetworkOfIps(text);
  if (network !== undefined) {
    const { ip, bits } = network;
    const first = Uint8Array.from(ip, (byte, at) => {
      const kept = Math.min(8, Math.max(0, bits - 8 * at));
      return byte & (0xff00 >> kept) & 0xff;
    });
    return `${formatIp(first)}/${isIpv4(ip) ? bits - 96 : bits}`;
  }
  const endpoint = /:\d+$/.test(text) ? parseEndpoint(text, 1) : undefined;
  const ip = endpoint && parseIp(endpoint.host);
  return endpoint && ip && isLoopback(ip) ? formatEndpoint(endpoint) : undefined;
}

/** A list that is forgotten with the process. */
export class MemoryBanList implements BanList {
  readonly #clock: Pick<Clock, "now">;
  readonly #held = new Map<string, Held>();

  constructor(clock: Pick<Clock, "now">, bans: Iterable<Ban> = []) {
    this.#clock = clock;
    for (const ban of bans) this.#keep(ban);
  }

  ban(text: string, until: UnixSeconds, reason: string): Ban | undefined {
    const subject = banSubject(text);
    const before = subject === undefined ? undefined : this.#held.get(subject);
    if (subject === undefined || (before !== undefined && before.ban.until >= until)) {
      return undefined;
    }
    const ban = { subject, created: this.#clock.now(), until, reason };
    this.#keep(ban);
    return ban;
  }

  lift(text: string): boolean {
    return this.#held.delete(banSubject(text) ?? text);
  }

  find(endpoint: { readonly host: string; readonly port: number }): Ban | undefined {
    const ip = parseIp(endpoint.host);
    if (ip === undefined) return undefined;
    const now = this.#clock.now();
    const exact = this.#held.get(formatEndpoint(endpoint)) ?? this.#networkOf(ip, now);
    return exact !== undefined && exact.ban.until > now ? exact.ban : undefined;
  }

  list(): readonly Ban[] {
    const now = this.#clock.now();
    for (const [subject, { ban }] of this.#held) {
      if (ban.until <= now) this.#held.delete(subject);
    }
    return [...this.#held.values()].map(({ ban }) => ban);
  }

  clear(): void {
    this.#held.clear();
  }

  async save(): Promise<void> {
    // Nothing is kept.
  }

  #networkOf(ip: Uint8Array, now: UnixSeconds): Held | undefined {
    for (const held of this.#held.values()) {
      const { ban, network } = held;
      if (network === undefined || ban.until <= now) continue;
      if (isInNetwork(ip, network.ip, network.bits)) return held;
    }
    return undefined;
  }

  #keep(ban: Ban): void {
    this.#held.set(ban.subject, { ban, network: parseNetworkOfIps(ban.subject) });
    if (this.#held.size <= BANS_MAX) return;
    const soonest = this.list().reduce((a, b) => (b.until < a.until ? b : a), ban);
    this.#held.delete(soonest.subject);
  }
}
