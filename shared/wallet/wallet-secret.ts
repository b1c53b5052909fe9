import { parseHex, toHex } from "#shared/primitives/hex.ts";

/** A key that nothing derives, with the form of its public key. */
export interface ImportedKey {
  /** 32 bytes. */
  readonly secret: Uint8Array;
  readonly compressed: boolean;
}

/** What a keystore protects. The scheme, which is no secret, says how keys come from it. */
export type WalletSecret =
  | {
      readonly kind: "words";
      /** As they are shown to people. */
      readonly words: string;
      /** Empty where there is none. */
      readonly extraWord: string;
    }
  | {
      readonly kind: "master";
      /** 32 bytes. */
      readonly privateKey: Uint8Array;
      /** 32 bytes. */
      readonly chainCode: Uint8Array;
    }
  /** An extended private key that stands for account 0. */
  | { readonly kind: "account"; readonly extendedKey: string }
  /** One key or more. */
  | { readonly kind: "keys"; readonly keys: readonly ImportedKey[] };

/** Most keys of one list. */
export const IMPORTED_KEYS_MAX = 10_000;

/** The plain text of a keystore: JSON in UTF-8. */
export function encodeSecret(secret: WalletSecret): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(textOf(secret)));
}

function textOf(secret: WalletSecret): object {
  switch (secret.kind) {
    case "words":
    case "account":
      return secret;
    case "master":
      return {
        kind: "master",
        privateKey: toHex(secret.privateKey),
        chainCode: toHex(secret.chainCode),
      };
    case "keys": {
      const keys = secret.keys.map(({ secret: own, compressed }) => [toHex(own), compressed]);
      return { kind: "keys", keys };
    }
  }
}

/** @returns `undefined` for anything that `encodeSecret` does not write */
export function decodeSecret(bytes: Uint8Array): WalletSecret | undefined {
  const value = parseJson(new TextDecoder().decode(bytes));
  if (typeof value !== "object" || value === null) return undefined;
  // Every field is looked at below before it is used.
  const { kind, words, extraWord, privateKey, chainCode, extendedKey, keys } = value as Readonly<
    Record<string, unknown>
  >;
  if (kind === "words" && typeof words === "string" && typeof extraWord === "string") {
    return { kind, words, extraWord };
  }
  if (kind === "account" && typeof extendedKey === "string") return { kind, extendedKey };
  if (kind === "master") {
    const halves = { privateKey: bytes32(privateKey), chainCode: bytes32(chainCode) };
    if (halves.privateKey === undefined || halves.chainCode === undefined) return undefined;
    return { kind, privateKey: halves.privateKey, chainCode: halves.chainCode };
  }
  if (kind !== "keys" || !Array.isArray(keys) || keys.length === 0) return undefined;
  const read = keys.map(importedKey).filter((key) => key !== undefined);
  return read.length === keys.length ? { kind, keys: read } : undefined;
}

function importedKey(value: unknown): ImportedKey | undefined {
  const [text, compressed] = Array.isArray(value) ? value : [];
  const secret = bytes32(text);
  return secret === undefined || typeof compressed !== "boolean"
    ? undefined
    : { secret, compressed };
}

function bytes32(value: unknown): Uint8Array | undefined {
  const bytes = typeof value === "string" ? parseHex(value) : undefined;
  return bytes?.length === 32 ? bytes : undefined;
}

/** @returns `undefined` for what is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever is wrong with it, it holds nothing to read.
    return undefined;
  }
}

/** Overwrite the bytes of a secret with zeros. Texts cannot be overwritten; they are let go. */
export function wipeSecret(secret: WalletSecret): void {
  if (secret.kind === "master") secret.privateKey.fill(0);
  if (secret.kind === "keys") for (const key of secret.keys) key.secret.fill(0);
}
