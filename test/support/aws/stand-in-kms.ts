import { GetPublicKeyCommand, type KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { secp256k1 } from "@noble/curves/secp256k1.js";

/** The fixed part of a SubjectPublicKeyInfo of secp256k1, as KMS sends it. */
const SPKI = "3056301006072a8648ce3d020106052b8104000a034200";

/** The two calls of KMS that a key is asked through, with whichever s comes out. */
export interface StandInKms {
  readonly client: Pick<KMSClient, "send">;
  /** What was given out, as it was. */
  readonly signatures: Uint8Array[];
}

/** @param spoil changes an answer on its way */
export function standInKms(
  secret: Uint8Array,
  spoil: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): StandInKms {
  const signatures: Uint8Array[] = [];
  async function send(command: unknown): Promise<object> {
    if (command instanceof GetPublicKeyCommand) {
      const point = secp256k1.getPublicKey(secret, false);
      return { PublicKey: spoil(Buffer.concat([Buffer.from(SPKI, "hex"), point])) };
    }
    if (!(command instanceof SignCommand)) throw new RangeError("KMS is asked for something else");
    const { Message, MessageType, SigningAlgorithm } = command.input;
    if (MessageType !== "DIGEST" || SigningAlgorithm !== "ECDSA_SHA_256" || Message === undefined) {
      throw new RangeError("KMS would hash this digest, or refuse it");
    }
    const how = { prehash: false, lowS: false, format: "der" } as const;
    const signature = secp256k1.sign(Uint8Array.from(Message), secret, how);
    signatures.push(signature);
    return { Signature: spoil(signature) };
  }
  // The client's overloads promise the answer of each command; these are those of two.
  return { client: { send: send as KMSClient["send"] }, signatures };
}
