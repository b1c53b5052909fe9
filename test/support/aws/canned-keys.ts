import { GetPublicKeyCommand, SignCommand } from "@aws-sdk/client-kms";
import { standInKms } from "./stand-in-kms.ts";
import type { CannedAnswers } from "./traced-endpoint.ts";

type Fields = Readonly<Record<string, unknown>>;

const text = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString("base64");

/** A key of KMS on the wire, with the signatures of a stand-in. */
export function cannedKey(secret: Uint8Array): CannedAnswers {
  const { client } = standInKms(secret);
  // The stand-in answers both commands with these fields.
  const send = client.send as (command: unknown) => Promise<Fields>;
  const json = (value: unknown) => ({ body: JSON.stringify(value) });
  return {
    async "kms:GetPublicKey"() {
      const { PublicKey } = await send(new GetPublicKeyCommand({ KeyId: "k" }));
      return json({ PublicKey: text(PublicKey) });
    },
    async "kms:Sign"({ body }) {
      const { Message, ...how } = JSON.parse(body);
      const command = new SignCommand({ ...how, Message: Buffer.from(Message, "base64") });
      const { Signature } = await send(command);
      return json({ Signature: text(Signature) });
    },
  };
}

/** The function that signs, as whoever calls it sees it. */
export function cannedFunction(handler: (event: unknown) => Promise<unknown>): CannedAnswers {
  return {
    "lambda:InvokeFunction": async ({ body }) => ({
      body: JSON.stringify(await handler(JSON.parse(body))),
    }),
  };
}
