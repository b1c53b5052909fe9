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
