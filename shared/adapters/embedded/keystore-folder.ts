import type { Clock } from "#shared/ports/clock.ts";
import type { Keystores, WalletCard } from "#shared/ports/keystores.ts";
import type { Log } from "#shared/ports/log.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { ARGON2_COST, type Keystore, parseKeystore } from "#shared/wallet/keystore-file.ts";
import { checkWalletName } from "#shared/wallet/wallet-name.ts";
import type { KdfCost } from "./keystore-crypto.ts";
import { openKeystoreDisk, readKeystoreFile, writeNewFile } from "./keystore-disk.ts";
import type { KeystoreCall, KeystoreCalls, KeystoreNetwork } from "./keystore-messages.ts";
import { createKeystoreSigner } from "./keystore-signer.ts";
import { type StartKeystoreThread, startKeystoreThread } from "./keystore-thread.ts";

/** Where keystores lie, and what new ones cost. */
export interface KeystoreFolderOptions {
  readonly folder: string;
  readonly network: KeystoreNetwork;
  readonly clock: Clock;
  readonly log: Log;
  /** argon2id over 64 MiB unless given; scrypt for where memory is short. */
  readonly cost?: KdfCost;
  /** Where secrets are seen: in threads of their own unless given. */
  readonly start?: StartKeystoreThread;
}

/** The keystores of a folder. Whatever sees a secret runs in a thread that ends with its answer. */
export function openKeystoreFolder(options: KeystoreFolderOptions): Keystores {
  const { folder, network, clock, log } = options;
  const cost: KdfCost = options.cost ?? { name: "argon2id", ...ARGON2_COST };
  const start = options.start ?? startKeystoreThread;
  const disk = openKeystoreDisk(folder);

  const askOnce = async <Kind extends KeystoreCall>(
    kind: Kind,
    ask: KeystoreCalls[Kind]["ask"],
  ) => {
    await using thread = start(network);
    return await thread.ask(kind, ask);
  };
  const readCard = async (name: string): Promise<Result<WalletCard, Refusal>> => {
    const file = await disk.read(name);
    if (!file.ok) return file;
    const keystore = parseKeystore(file.value);
    if (keystore.ok) return { ok: true, value: cardOf(name, keystore.value) };
    const message = `The field ${keystore.error} of the keystore ${name} cannot be read.`;
    return refusal("EXOS-E5008", message, { wallet: name, field: keystore.error });
  };

  return {
    async list() {
      const names = await disk.names();
      const cards = await Promise.all(names.map(readCard));
      return cards.flatMap((card) => {
        if (card.ok) return card.value.network === network.name ? card.value : [];
        log.warn(card.error.code, "a wallet cannot be read", { err: card.error.message });
        return [];
      });
    },
    read: readCard,
    inspect: (source) => askOnce("inspect", { source }),
    async create({ name, password, source, scheme }) {
      const wrong = checkWalletName(name);
      if (wrong !== undefined) return { ok: false, error: wrong };
      const ask = { source, scheme, password, cost, createdAt: clock.now() };
      const file = await askOnce("create", ask);
      if (!file.ok) return file;
      const kept = await disk.write(name, file.value);
      return kept.ok ? readCard(name) : kept;
    },
    async publicKeys(name, password) {
      const file = await disk.read(name);
      return file.ok ? askOnce("publicKeys", { file: file.value, password }) : file;
    },
    async words(name, password) {
      const file = await disk.read(name);
      return file.ok ? askOnce("words", { file: file.value, password }) : file;
    },
    async changePassword(name, { password, next }) {
      const file = await disk.read(name);
      if (!file.ok) return file;
      const sealed = await askOnce("reseal", { file: file.value, password, next, cost });
      if (!sealed.ok) return sealed;
      await disk.replace(name, sealed.value);
      return { ok: true, value: undefined };
    },
    async backup(name, path) {
      const file = await disk.read(name);
      if (!file.ok) return file;
      const isNew = await writeNewFile(path, file.value);
      const message = `${path} is there already.`;
      return isNew ? { ok: true, value: undefined } : refusal("EXOS-E5005", message, { path });
    },
    async verifyBackup(name, path, password) {
      const file = await disk.read(name);
      if (!file.ok) return file;
      const copy = await readKeystoreFile(path, { ownOnly: false });
      if (copy === undefined) return refusal("EXOS-E5008", `There is no file ${path}.`, { path });
      if (!copy.ok) return copy;
      return askOnce("compare", { file: file.value, copy: copy.value, password });
    },
    async open(name) {
      const card = await readCard(name);
      if (!card.ok) return card;
      const read = () => disk.read(name);
      return { ok: true, value: createKeystoreSigner({ network, clock, start, read }) };
    },
  };
}

function cardOf(name: string, keystore: Keystore): WalletCard {
  const { id, createdAt, network, scheme, fingerprint, accountKey } = keystore;
  return { name, id, createdAt, network, scheme, fingerprint, accountKey };
}
