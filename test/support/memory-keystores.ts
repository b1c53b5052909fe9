import { createMemorySigner } from "#shared/adapters/embedded/memory-signer.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Keystores, NewKeystore, WalletCard } from "#shared/ports/keystores.ts";
import { refusal } from "#shared/primitives/refusal.ts";
import { openKeyRing } from "#shared/wallet/key-ring.ts";
import { defaultScheme } from "#shared/wallet/scheme.ts";
import type { WalletSecret } from "#shared/wallet/wallet-secret.ts";
import { KNOWN_WORDS } from "./wallet-vectors.ts";

interface Kept {
  readonly card: WalletCard;
  readonly secret: WalletSecret;
  readonly password: string;
}

/** Keystores in memory, of published words: a fresh wallet gets those with its name behind them. */
export function createMemoryKeystores(
  network: Pick<Network, "name" | "kind" | "consensus">,
  clock: Clock,
): Keystores {
  const kept = new Map<string, Kept>();
  const missing = (name: string) => refusal("EXOS-E5004", `There is no wallet "${name}".`);
  const unsupported = async () => refusal("EXOS-E5009", "Not here.");

  return {
    list: async () => [...kept.values()].map(({ card }) => card),
    async read(name) {
      const found = kept.get(name);
      return found === undefined ? missing(name) : { ok: true, value: found.card };
    },
    inspect: unsupported,
    async create({ name, password, source, scheme }: NewKeystore) {
      if (kept.has(name)) return refusal("EXOS-E5005", `Wallet "${name}" exists.`);
      const secret: WalletSecret =
        source.kind === "text"
          ? { kind: "words", words: source.text, extraWord: source.extraWord ?? "" }
          : { kind: "words", words: KNOWN_WORDS, extraWord: name };
      const chosen = scheme ?? defaultScheme(network);
      const ring = openKeyRing(secret, chosen, network.kind);
      const card = {
        name,
        id: `id-${name}`,
        createdAt: clock.now(),
        network: network.name,
        scheme: chosen,
        fingerprint: ring?.fingerprint ?? "",
        accountKey: ring?.accountKey(0),
      };
      kept.set(name, { card, secret, password });
      return { ok: true, value: card };
    },
    async changePassword(name, { password, next }) {
      const found = kept.get(name);
      if (found === undefined) return missing(name);
      if (found.password !== password) return refusal("EXOS-E5002", "The password is wrong.");
      kept.set(name, { ...found, password: next });
      return { ok: true, value: undefined };
    },
    publicKeys: unsupported,
    words: unsupported,
    backup: async (name) => (kept.has(name) ? { ok: true, value: undefined } : missing(name)),
    verifyBackup: unsupported,
    async open(name) {
      const found = kept.get(name);
      if (found === undefined) return missing(name);
      const { secret, password, card } = found;
      const { scheme } = card;
      const signer = createMemorySigner({ secret, scheme, password, network, clock });
      return { ok: true, value: signer };
    },
  };
}
