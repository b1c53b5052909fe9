import { fromHex } from "#shared/primitives/hex.ts";
import type { WalletSecret } from "#shared/wallet/wallet-secret.ts";
import { loadVectors } from "./vectors.ts";

/** `exos-regtest/walletA.json`. */
export interface RecordedWallet {
  readonly mnemonic: string;
  readonly passphrase: string;
  readonly password: string;
  readonly accounts: readonly {
    readonly index: number;
    readonly hdPath: string;
    readonly extPubKey: string;
  }[];
  readonly used: readonly { readonly address: string; readonly hdPath: string }[];
}

/** Words that every list of examples has: known to all, worth nothing. */
export const KNOWN_WORDS = `${"abandon ".repeat(11)}about`;

/** The recorded wallet of the reference; `undefined` where the vectors are absent. */
export const recordedWallet = loadVectors<RecordedWallet>("exos-regtest/walletA.json");

/** The master key of those words by `CivX seed`. @source exos-vectors.json, hdWallet */
export const KNOWN_MASTER = {
  kind: "master",
  privateKey: fromHex("378f27f5ca0b0cd43f5266231cb243bae9149539d30a8db1b581e8ee015bf659"),
  chainCode: fromHex("742f6d400cfdfd0f32f3159917016316fcd1cccfe9fe8f638c5efee3dc0619dd"),
} as const satisfies WalletSecret;
