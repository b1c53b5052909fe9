import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import * as z from "zod";
import { CommandFailure } from "#services/cli/failure.ts";
import type { ReleaseObjects } from "./deploy-ports.ts";
import { releaseKeyPem } from "./release-key.ts";

/** What a channel says; the update script of a machine reads it with jq. */
const CHANNEL = z.object({
  v: z.literal(1),
  /** A city follows what has a higher one than what it followed last. */
  serial: z.int().nonnegative(),
  version: z.string(),
  /** Unix seconds at which it was published. */
  at: z.int().nonnegative(),
  image: z.object({
    /** Where its archive is read, `.tar.zst`. */
    url: z.string(),
    sha256: z.string(),
    bytes: z.int(),
  }),
});

/** The release that the cities of a wave are to run. @source cloud.md 12 "External city" */
export type Channel = Readonly<z.output<typeof CHANNEL>>;

/** Both halves of the release key. */
export interface ReleaseKey {
  readonly secret: KeyObject;
  readonly known: KeyObject;
}

/** Where the channel of a wave is read, from the root of the bucket and of the zone. */
export function channelKey(wave: number): string {
  return `release/channel-${wave}.json`;
}

const signatureKey = (wave: number): string => `${channelKey(wave)}.sig`;

/**
 * The release key from its file, if it is the one that machines were given.
 *
 * @param pem its private half, Ed25519
 * @param hex its public half, as `regions/deployment.ts` has it
 * @throws CommandFailure `EXOS-E8004` when it is no such key, or another one
 */
export function openReleaseKey(pem: string, hex: string): ReleaseKey {
  const wrong = (message: string, cause?: unknown) =>
    new CommandFailure(message, { code: "EXOS-E8004", cause });
  let secret: KeyObject;
  try {
    secret = createPrivateKey(pem);
  } catch (cause) {
    throw wrong("the release key is no private key in PEM", cause);
  }
  if (secret.asymmetricKeyType !== "ed25519") {
    throw wrong(`the release key is one of ${secret.asymmetricKeyType}, not of ed25519`);
  }
  const known = createPublicKey(releaseKeyPem(hex));
  if (createPublicKey(secret).equals(known)) return { secret, known };
  throw wrong("the release key is not the one of releaseKey in regions/deployment.ts");
}

/**
 * The channel of a wave. One without a signature of the key is none: whoever published it was killed
 * in between, and no machine follows it.
 */
export async function readChannel(
  wave: number,
  { known }: Pick<ReleaseKey, "known">,
  objects: Pick<ReleaseObjects, "get">,
): Promise<Channel | undefined> {
  const text = await objects.get(channelKey(wave));
  const signature = await objects.get(signatureKey(wave));
  if (text === undefined || signature === undefined) return undefined;
  if (!verify(undefined, text, known, signature)) return undefined;
  return CHANNEL.safeParse(JSON.parse(Buffer.from(text).toString("utf8"))).data;
}

/** Publish the channel of a wave, then the signature of exactly these bytes. */
export async function writeChannel(
  wave: number,
  channel: Omit<Channel, "v">,
  { key, objects }: { readonly key: ReleaseKey; readonly objects: Pick<ReleaseObjects, "put"> },
): Promise<void> {
  const text = Uint8Array.from(Buffer.from(`${JSON.stringify({ v: 1, ...channel })}\n`));
  await objects.put(channelKey(wave), text);
  await objects.put(signatureKey(wave), Uint8Array.from(sign(undefined, text, key.secret)));
}

/** The serial of a channel that nobody may have seen whole. @returns 0 for none */
export async function lastSerial(
  wave: number,
  objects: Pick<ReleaseObjects, "get">,
): Promise<number> {
  const text = await objects.get(channelKey(wave));
  if (text === undefined) return 0;
  return CHANNEL.safeParse(JSON.parse(Buffer.from(text).toString("utf8"))).data?.serial ?? 0;
}
