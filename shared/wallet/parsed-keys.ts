import type { Network } from "#shared/consensus/params.ts";
import type { SchemeId } from "#shared/wallet/scheme.ts";
import type { WalletSecret } from "#shared/wallet/wallet-secret.ts";

/** What a text turned out to hold. */
export type ParsedKeys =
  | {
      readonly kind: "secret";
      /** For people. */
      readonly format: string;
      readonly secret: WalletSecret;
      /** That it may have been used with, the likeliest first; none for a list of keys. */
      readonly schemes: readonly SchemeId[];
    }
  /** Nothing secret: to be watched. */
  | {
      readonly kind: "watched";
      readonly format: string;
      /** Extended public key. */
      readonly accountKey: string | undefined;
      readonly addresses: readonly string[];
    };

/** A text that is to be read, and what opens it. */
export interface KeyText {
  readonly text: string;
  readonly password?: string;
  readonly extraWord?: string;
}

/** What readers of keys ask of a network. */
export type KeyNetwork = Pick<Network, "name" | "kind" | "addresses">;
