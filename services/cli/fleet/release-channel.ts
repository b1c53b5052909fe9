import { createPrivateKey, sign } from "node:crypto";
import { CommandFailure } from "#services/cli/failure.ts";

/** The image that cities outside AWS are to run. */
export interface ReleaseImage {
  /** Where its archive is read, `.tar.zst`. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** What a channel says. A city follows it when `serial` is above the last one it followed. */
export interface Channel {
  readonly serial: number;
  readonly version: string;
  readonly image: ReleaseImage;
}

/**
 * The two objects of a channel: what it says, and the signature of exactly these bytes.
 *
 * @param key private half of the release key, Ed25519, PEM
 * @throws CommandFailure when it is no such key
 * @source cloud.md 12 "External city"
 */
export function signChannel(
  channel: Channel,
  key: string,
): { readonly text: Uint8Array; readonly signature: Uint8Array } {
  const text = Uint8Array.from(Buffer.from(`${JSON.stringify({ v: 1, ...channel })}\n`));
  try {
    const signer = createPrivateKey(key);
    if (signer.asymmetricKeyType !== "ed25519") throw new RangeError(`${signer.asymmetricKeyType}`);
    return { text, signature: Uint8Array.from(sign(undefined, text, signer)) };
  } catch (cause) {
    throw new CommandFailure("the release key is no private Ed25519 key in PEM", {
      code: "EXOS-E8004",
      cause,
    });
  }
}
