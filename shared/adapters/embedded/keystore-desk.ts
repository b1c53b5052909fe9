import { randomUUID } from "node:crypto";
import type { KeyInspection, KeySource } from "#shared/ports/keystores.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { type KeyRing, openKeyRing } from "#shared/wallet/key-ring.ts";
import {
  isKeystore,
  type Keystore,
  parseKeystore,
  printKeystore,
} from "#shared/wallet/keystore-file.ts";
import type { ParsedKeys } from "#shared/wallet/parsed-keys.ts";
import { readKeys } from "#shared/wallet/read-keys.ts";
import { defaultScheme, type SchemeId } from "#shared/wallet/scheme.ts";
import { createSigningDesk } from "#shared/wallet/signing-desk.ts";
import {
  decodeSecret,
  encodeSecret,
  type WalletSecret,
  wipeSecret,
} from "#shared/wallet/wallet-secret.ts";
import { ENTROPY_BYTES, wordsOf } from "#shared/wallet/words.ts";
import { openKeystore, sealKeystore } from "./keystore-crypto.ts";
import type {
  KeystoreCall,
  KeystoreCalls,
  KeystoreNetwork,
  LockedFile,
} from "./keystore-messages.ts";
import { createSystemEntropy } from "./system-entropy.ts";

type Answer<Kind extends KeystoreCall> = Result<KeystoreCalls[Kind]["answer"], Refusal>;

/** Answers of each kind; what stays between two calls are the keys of an open wallet. */
export type KeystoreDesk = {
  readonly [Kind in KeystoreCall]: (ask: KeystoreCalls[Kind]["ask"]) => Answer<Kind>;
};

/** Everything that sees a secret: it stands in a thread of its own. */
export function createKeystoreDesk(network: KeystoreNetwork): KeystoreDesk {
  const signing = createSigningDesk(network.consensus);
  return {
    inspect({ source }) {
      const parsed = readSource(source, network);
      return parsed.ok ? inspectionOf(parsed.value, network) : parsed;
    },
    create: (ask) => create(ask, network),
    reseal: (ask) => reseal(ask, network),
    publicKeys: (ask) => withRing(ask, network, ({ importedKeys }) => ok(importedKeys)),
    words(ask) {
      const opened = open(ask, network);
      if (!opened.ok) return opened;
      const { secret } = opened.value;
      if (secret.kind === "words") return ok(secret.words);
      wipeSecret(secret);
      return refusal("EXOS-E5017", "This wallet was not made from words.");
    },
    compare({ copy, file, password }) {
      const live = parseKeystore(file);
      if (!live.ok) return unreadable(live.error);
      return withRing({ file: copy, password }, network, (ring, head) => {
        const { fingerprint, accountKey, scheme } = live.value;
        const same =
          ring.fingerprint === fingerprint &&
          ring.accountKey(0) === accountKey &&
          head.scheme === scheme;
        return same ? ok(undefined) : refusal("EXOS-E5017", "The copy holds other keys.");
      });
    },
    unlock(ask) {
      const opened = openRing(ask, network);
      if (!opened.ok) return opened;
      signing.open(opened.value.ring, ask);
      return ok(undefined);
    },
    lock() {
      signing.close();
      return ok(undefined);
    },
    accountKey: ({ account }) => signing.accountKey(account),
    signTransaction: ({ request }) => signing.signTransaction(request),
    signStake: ({ request }) => signing.signStake(request),
  };
}

const ok = <T>(value: T): Result<T, Refusal> => ({ ok: true, value });

function unreadable(field: string): { readonly ok: false; readonly error: Refusal } {
  return refusal("EXOS-E5008", `The field ${field} of the keystore cannot be read.`, { field });
}

interface Opened {
  readonly secret: WalletSecret;
  readonly keystore: Keystore;
}

function open({ file, password }: LockedFile, network: KeystoreNetwork): Result<Opened, Refusal> {
  const keystore = parseKeystore(file);
  if (!keystore.ok) return unreadable(keystore.error);
  if (keystore.value.network !== network.name) {
    const message = `The wallet is of the network ${keystore.value.network}.`;
    return refusal("EXOS-E5011", message, { network: keystore.value.network });
  }
  const plain = openKeystore(keystore.value, password);
  if (plain === undefined) {
    return refusal("EXOS-E5002", "The password is wrong, or the file was changed.");
  }
  const secret = decodeSecret(plain);
  plain.fill(0);
  return secret === undefined ? unreadable("ciphertext") : ok({ secret, keystore: keystore.value });
}

function openRing(
  ask: LockedFile,
  network: KeystoreNetwork,
): Result<{ readonly ring: KeyRing; readonly keystore: Keystore }, Refusal> {
  const opened = open(ask, network);
  if (!opened.ok) return opened;
  const { secret, keystore } = opened.value;
  const ring = openKeyRing(secret, keystore.scheme, network.kind);
  wipeSecret(secret);
  return ring === undefined ? unreadable("scheme") : ok({ ring, keystore });
}

/** Answer from the keys of a file, which are zeroed afterwards. */
function withRing<T>(
  ask: LockedFile,
  network: KeystoreNetwork,
  answer: (ring: KeyRing, keystore: Keystore) => Result<T, Refusal>,
): Result<T, Refusal> {
  const opened = openRing(ask, network);
  if (!opened.ok) return opened;
  const { ring, keystore } = opened.value;
  const result = answer(ring, keystore);
  ring.wipe();
  return result;
}

function readSource(source: KeySource, network: KeystoreNetwork): Result<ParsedKeys, Refusal> {
  if (source.kind === "fresh") {
    const entropy = createSystemEntropy().bytes(ENTROPY_BYTES[source.words]);
    const secret = { kind: "words", words: wordsOf(entropy), extraWord: "" } as const;
    entropy.fill(0);
    const format = "new words";
    return ok({ kind: "secret", format, secret, schemes: [defaultScheme(network)] });
  }
  if (!isKeystore(source.text)) return readKeys(source, network);
  const opened = open({ file: source.text, password: source.password ?? "" }, network);
  if (!opened.ok) return opened;
  const { secret, keystore } = opened.value;
  const schemes = keystore.scheme === "keys" ? [] : [keystore.scheme];
  return ok({ kind: "secret", format: "keystore", secret, schemes });
}

function inspectionOf(
  parsed: ParsedKeys,
  network: KeystoreNetwork,
): Result<KeyInspection, Refusal> {
  if (parsed.kind === "watched") return ok(parsed);
  const { format, secret, schemes } = parsed;
  const candidates = schemes.flatMap((scheme) => {
    const ring = openKeyRing(secret, scheme, network.kind);
    const accountKey = ring?.accountKey(0);
    const fingerprint = ring?.fingerprint;
    ring?.wipe();
    return accountKey === undefined || fingerprint === undefined
      ? []
      : [{ scheme, fingerprint, accountKey }];
  });
  const keys = secret.kind === "keys" ? openKeyRing(secret, "keys", network.kind) : undefined;
  const publicKeys = keys?.importedKeys ?? [];
  keys?.wipe();
  wipeSecret(secret);
  return ok(
    secret.kind === "keys"
      ? { kind: "keys", format, publicKeys }
      : { kind: "derived", format, candidates },
  );
}

function create(
  { source, scheme, password, createdAt, cost }: KeystoreCalls["create"]["ask"],
  network: KeystoreNetwork,
): Result<string, Refusal> {
  const parsed = readSource(source, network);
  if (!parsed.ok) return parsed;
  if (parsed.value.kind === "watched") {
    return refusal("EXOS-E5017", "There is nothing secret to keep: watch it instead.");
  }
  const { secret, schemes } = parsed.value;
  const chosen: SchemeId | "keys" = scheme ?? schemes[0] ?? "keys";
  const fits = chosen === "keys" ? schemes.length === 0 : schemes.includes(chosen);
  const ring = fits ? openKeyRing(secret, chosen, network.kind) : undefined;
  if (ring === undefined) {
    wipeSecret(secret);
    return refusal("EXOS-E5020", `These keys have no scheme ${chosen}.`, { scheme: chosen });
  }
  const plain = encodeSecret(secret);
  const id = randomUUID().replaceAll("-", "");
  const { fingerprint } = ring;
  const head = { id, createdAt, network: network.name, scheme: chosen, fingerprint };
  const accountKey = ring.accountKey(0);
  ring.wipe();
  wipeSecret(secret);
  const keystore = sealKeystore(plain, { ...head, accountKey }, { password, cost });
  plain.fill(0);
  return ok(printKeystore(keystore));
}

/** Everything but the password stays, so that a wallet is known by the same id and hint. */
function reseal(
  { next, cost, ...locked }: KeystoreCalls["reseal"]["ask"],
  network: KeystoreNetwork,
): Result<string, Refusal> {
  const opened = open(locked, network);
  if (!opened.ok) return opened;
  const { secret, keystore } = opened.value;
  const { id, createdAt, scheme, fingerprint, accountKey } = keystore;
  const plain = encodeSecret(secret);
  wipeSecret(secret);
  const head = { id, createdAt, network: keystore.network, scheme, fingerprint, accountKey };
  const sealed = sealKeystore(plain, head, { password: next, cost });
  plain.fill(0);
  return ok(printKeystore(sealed));
}
