/** What stands before the 32 bytes of an Ed25519 key in an SPKI. @source RFC 8410, 4 */
const SPKI_PREFIX = "302a300506032b6570032100";

/** A public Ed25519 key as the programs of a machine read it. @param hex its 32 bytes */
export function releaseKeyPem(hex: string): string {
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new RangeError("a release key is 32 bytes in hex");
  const base64 = Buffer.from(SPKI_PREFIX + hex, "hex").toString("base64");
  return `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`;
}
