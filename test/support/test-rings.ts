import { publicKeyOf } from "#shared/crypto/sign-digest.ts";
import type { KeyPath } from "#shared/wallet/key-path.ts";
import { type KeyRing, openKeyRing } from "#shared/wallet/key-ring.ts";
import { OTHER, OWNER } from "./rich-chain.ts";

/** Where the keys of a test's ring lie. */
export const OWNER_KEY: KeyPath = { kind: "imported", index: 0 };
export const OTHER_KEY: KeyPath = { kind: "imported", index: 1 };
/** The owner's, as it was used before keys were compressed. */
export const LONG_KEY: KeyPath = { kind: "imported", index: 2 };
export const NO_KEY: KeyPath = { kind: "imported", index: 3 };

/** The key behind `LONG_KEY`, 65 bytes. */
export const LONG_PUBLIC_KEY = publicKeyOf(OWNER.secret, false);

/** A ring of the keys that tests pay to. */
export function testRing(): KeyRing {
  const keys = [
    { secret: OWNER.secret, compressed: true },
    { secret: OTHER.secret, compressed: true },
    { secret: OWNER.secret, compressed: false },
  ];
  const ring = openKeyRing({ kind: "keys", keys }, "keys", "regtest");
  if (ring === undefined) throw new RangeError("a list of keys opens");
  return ring;
}
