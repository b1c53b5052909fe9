import { base64 } from "@scure/base";
import type { Scrypt } from "#shared/crypto/stretch.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { openBip38 } from "#shared/wallet/bip38.ts";
import { parseExtendedKey } from "#shared/wallet/extended-key.ts";
import { openKeyRing } from "#shared/wallet/key-ring.ts";
import type { KeyNetwork, KeyText, ParsedKeys } from "#shared/wallet/parsed-keys.ts";
import type { SchemeId } from "#shared/wallet/scheme.ts";
import type { WalletSecret } from "#shared/wallet/wallet-secret.ts";

const FORMAT = "wallet file of the reference node or EXOS-Core";

/** What the reference calls networks. @source exos-l1.md 1.1 */
const NAMES: Readonly<Record<string, string>> = {
  EXOSMain: "exos",
  EXOSTest: "exos-test",
  EXOSRegTest: "exos-regtest",
};

/** The fields of a wallet file that matter to its keys. */
interface WalletFile {
  readonly network: string;
  /** `undefined` where the file watches an extended public key. */
  readonly seed: { readonly encrypted: string; readonly chainCode: Uint8Array } | undefined;
  readonly coinType: number;
  /** Extended public key of account 0. */
  readonly accountKey: string;
}

/**
 * The keys of `<name>.wallet.json`: the master key under the password, by BIP38, and the chain code
 * in the clear.
 *
 * @param json the parsed file
 * @returns refusals E5002, E5009, E5011
 * @source exos-l1.md 9.4
 */
export function readWalletFile(
  json: unknown,
  { password = "" }: Pick<KeyText, "password">,
  network: KeyNetwork,
  stretch?: Scrypt,
): Result<ParsedKeys, Refusal> {
  const file = walletFileOf(json);
  if (file === undefined) return refusal("EXOS-E5009", "The file is JSON, but no wallet file.");
  const named = NAMES[file.network];
  if (named !== undefined && named !== network.name) {
    return refusal("EXOS-E5011", `The wallet is of the network ${named}.`, { network: named });
  }
  if (file.seed === undefined) {
    if (parseExtendedKey(file.accountKey, network.kind) === undefined) return damaged();
    const watched = { kind: "watched", format: FORMAT, addresses: [] } as const;
    return { ok: true, value: { ...watched, accountKey: file.accountKey } };
  }
  const master = openBip38(file.seed.encrypted, password, network.addresses, stretch);
  if (!master.ok) return master;
  const privateKey = master.value.secret;
  const secret: WalletSecret = { kind: "master", privateKey, chainCode: file.seed.chainCode };
  const scheme: SchemeId = file.coinType === 105 ? "exos-105" : "exos-248";
  const ring = openKeyRing(secret, scheme, network.kind);
  const isOwn = ring?.accountKey(0) === file.accountKey;
  ring?.wipe();
  return isOwn
    ? { ok: true, value: { kind: "secret", format: FORMAT, secret, schemes: [scheme] } }
    : damaged();
}

function damaged(): { readonly ok: false; readonly error: Refusal } {
  return refusal("EXOS-E5009", "The account of the wallet file does not follow from its key.");
}

function walletFileOf(json: unknown): WalletFile | undefined {
  const { network, isExtPubKeyWallet, encryptedSeed, chainCode, accountsRoot } = fieldsOf(json);
  const root = fieldsOf(Array.isArray(accountsRoot) ? accountsRoot[0] : undefined);
  const accounts = Array.isArray(root["accounts"]) ? root["accounts"].map(fieldsOf) : [];
  const accountKey = accounts.find(({ index }) => index === 0)?.["extPubKey"];
  const coinType = Number(root["coinType"]);
  if (typeof network !== "string" || typeof accountKey !== "string") return undefined;
  if (isExtPubKeyWallet === true) return { network, coinType, accountKey, seed: undefined };
  const code = typeof chainCode === "string" ? bytesOf(chainCode) : undefined;
  if (typeof encryptedSeed !== "string" || code?.length !== 32) return undefined;
  return { network, coinType, accountKey, seed: { encrypted: encryptedSeed, chainCode: code } };
}

/** Fields of an object; none of anything else. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  // An object of unknown fields is all that is claimed.
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function bytesOf(text: string): Uint8Array | undefined {
  try {
    return base64.decode(text);
  } catch {
    // The library throws for every text that is no base64.
    return undefined;
  }
}
