import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { parseHex, toHex } from "#shared/primitives/hex.ts";
import { parseSchemeId, type SchemeId } from "#shared/wallet/scheme.ts";
import { parseJson } from "#shared/wallet/wallet-secret.ts";

/** How a password becomes a key. Every reader takes the numbers from the file. */
export type KeystoreKdf =
  | {
      readonly name: "argon2id";
      /** KiB. */
      readonly m: number;
      readonly t: number;
      readonly p: number;
      readonly salt: Uint8Array;
    }
  | {
      readonly name: "scrypt";
      readonly n: number;
      readonly r: number;
      readonly p: number;
      readonly salt: Uint8Array;
    };

/** What of a keystore is not secret; all of it is authenticated. @source interfaces.md 5.2 */
export interface KeystoreHead {
  readonly id: string;
  readonly createdAt: UnixSeconds;
  readonly network: string;
  readonly scheme: SchemeId | "keys";
  readonly kdf: KeystoreKdf;
  /** Of AES-256-GCM, 12 bytes. */
  readonly nonce: Uint8Array;
  readonly fingerprint: string;
  /** Extended public key of account 0; `undefined` for a list of keys. */
  readonly accountKey: string | undefined;
}

/** A keystore: what is encrypted ends in the 16 bytes of its tag. */
export interface Keystore extends KeystoreHead {
  readonly ciphertext: Uint8Array;
}

/** What new keystores cost: 64 MiB, three passes. @source interfaces.md 5.2 */
export const ARGON2_COST = { m: 65_536, t: 3, p: 1 } as const;

/** What a file may ask of a reader. @source interfaces.md 5.2 */
const LIMITS = { m: 262_144, t: 10, lanes: 4, n: 1_048_576, r: 8 } as const;

const VERSION = 1;
const TYPE = "exos-keystore";
const CIPHER = "AES-256-GCM";
export const NONCE_BYTES = 12;
export const SALT_BYTES = 16;
const TAG_BYTES = 16;
/** Longest file that is read. */
export const KEYSTORE_BYTES_MAX = 4 * 1024 * 1024;

/** The bytes that the tag covers beside the secret: every clear field, in one order. */
export function clearBytes(head: KeystoreHead): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(fieldsOf(head)));
}

/** The file, ending in a line feed. */
export function printKeystore(keystore: Keystore): string {
  const { hint, ...fields } = fieldsOf(keystore);
  const file = { ...fields, ciphertext: toHex(keystore.ciphertext), hint };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function fieldsOf({ id, createdAt, network, scheme, kdf, nonce, ...head }: KeystoreHead) {
  const { salt, ...cost } = kdf;
  return {
    version: VERSION,
    type: TYPE,
    id,
    createdAt,
    network,
    scheme,
    kdf: { ...cost, salt: toHex(salt) },
    cipher: { name: CIPHER, nonce: toHex(nonce) },
    hint: { fingerprint: head.fingerprint, xpub0: head.accountKey ?? "" },
  };
}

/** A keystore, or the name of the field that is none of one. */
export type KeystoreReading =
  | { readonly ok: true; readonly value: Keystore }
  | { readonly ok: false; readonly error: string };

/** Whether a text claims to be a keystore, readable or not. */
export function isKeystore(text: string): boolean {
  return text.trimStart().startsWith("{") && recordOf(parseJson(text))["type"] === TYPE;
}

/**
 * Read a keystore. A field too many is refused too: nothing would vouch for it.
 *
 * @source interfaces.md 5.2
 */
export function parseKeystore(text: string): KeystoreReading {
  const file = recordOf(parseJson(text));
  const known = ["version", "type", "id", "createdAt", "network", "scheme"];
  const names = [...known, "kdf", "cipher", "ciphertext", "hint"];
  const stray = Object.keys(file).find((name) => !names.includes(name));
  if (stray !== undefined) return { ok: false, error: stray };
  const read = {
    version: file["version"] === VERSION ? VERSION : undefined,
    type: file["type"] === TYPE ? TYPE : undefined,
    id: textOf(file["id"], /^[0-9a-f]{32}$/),
    createdAt: numberOf(file["createdAt"], 0, 2 ** 32 - 1),
    network: textOf(file["network"], /^[a-z0-9-]{1,64}$/),
    scheme: schemeOf(file["scheme"]),
    kdf: kdfOf(recordOf(file["kdf"])),
    cipher: nonceOf(recordOf(file["cipher"])),
    ciphertext: bytesOf(file["ciphertext"], TAG_BYTES + 1, KEYSTORE_BYTES_MAX),
    hint: hintOf(recordOf(file["hint"])),
  };
  const { id, createdAt, network, scheme, kdf, cipher: nonce, ciphertext, hint } = read;
  if (
    read.version === undefined ||
    read.type === undefined ||
    id === undefined ||
    createdAt === undefined ||
    network === undefined ||
    scheme === undefined ||
    kdf === undefined ||
    nonce === undefined ||
    ciphertext === undefined ||
    hint === undefined
  ) {
    const wrong = Object.entries(read).filter(([, value]) => value === undefined);
    return { ok: false, error: wrong.map(([name]) => name).join(", ") };
  }
  const head = { id, createdAt: unixSeconds(createdAt), network, scheme, kdf, nonce, ...hint };
  return { ok: true, value: { ...head, ciphertext } };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  // An object of unknown fields is all that is claimed.
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === "string" && pattern.test(value) ? value : undefined;
}

function numberOf(value: unknown, min: number, max: number): number | undefined {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max
    ? Number(value)
    : undefined;
}

function bytesOf(value: unknown, min: number, max: number): Uint8Array | undefined {
  const bytes = typeof value === "string" ? parseHex(value) : undefined;
  return bytes !== undefined && bytes.length >= min && bytes.length <= max ? bytes : undefined;
}

function schemeOf(value: unknown): SchemeId | "keys" | undefined {
  if (value === "keys") return value;
  return typeof value === "string" ? parseSchemeId(value) : undefined;
}

function kdfOf({ name, m, t, n, r, p, salt, ...rest }: Readonly<Record<string, unknown>>) {
  const own = { salt: bytesOf(salt, SALT_BYTES, SALT_BYTES), p: numberOf(p, 1, LIMITS.lanes) };
  if (own.salt === undefined || own.p === undefined || Object.keys(rest).length > 0) return;
  const shared = { salt: own.salt, p: own.p };
  if (name === "argon2id" && n === undefined && r === undefined) {
    const cost = { m: numberOf(m, 8 * shared.p, LIMITS.m), t: numberOf(t, 1, LIMITS.t) };
    if (cost.m === undefined || cost.t === undefined) return undefined;
    return { name, m: cost.m, t: cost.t, ...shared } as const;
  }
  if (name !== "scrypt" || m !== undefined || t !== undefined) return undefined;
  const cost = { n: numberOf(n, 2, LIMITS.n), r: numberOf(r, 1, LIMITS.r) };
  if (cost.n === undefined || cost.r === undefined) return undefined;
  const isPower = (cost.n & (cost.n - 1)) === 0;
  return isPower ? ({ name, n: cost.n, r: cost.r, ...shared } as const) : undefined;
}

function nonceOf({ name, nonce, ...rest }: Readonly<Record<string, unknown>>) {
  const isKnown = name === CIPHER && Object.keys(rest).length === 0;
  return isKnown ? bytesOf(nonce, NONCE_BYTES, NONCE_BYTES) : undefined;
}

function hintOf({ fingerprint, xpub0, ...rest }: Readonly<Record<string, unknown>>) {
  const own = textOf(fingerprint, /^[0-9a-f]{8}$/);
  const key = textOf(xpub0, /^[1-9A-HJ-NP-Za-km-z]{0,112}$/);
  if (own === undefined || key === undefined || Object.keys(rest).length > 0) return undefined;
  return { fingerprint: own, accountKey: key === "" ? undefined : key };
}

/** One form of a password, however it was typed. @source interfaces.md 5.2 */
export function normalizePassword(password: string): string {
  return password.normalize("NFKD").replace(/\p{Cc}/gu, "");
}
