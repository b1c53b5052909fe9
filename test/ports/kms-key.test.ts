import { CreateKeyCommand } from "@aws-sdk/client-kms";
import { afterAll, describe, it } from "vitest";
import { createKmsClient } from "#shared/adapters/aws/aws-clients.ts";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { FAUXQS_TRAITS, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { standInKms } from "../support/aws/stand-in-kms.ts";
import { testSettings } from "../support/aws/test-settings.ts";
import { contractOn } from "./contract-cases.ts";
import { digestSignerContract } from "./digest-signer.contract.ts";

const opened = new AsyncDisposableStack();
afterAll(() => opened.disposeAsync());

/** A new key of the endpoint, as a city that stakes has one. */
async function createKey() {
  const { url } = opened.use(await openFauxqsEndpoint());
  const client = createKmsClient(testSettings(url));
  opened.defer(() => client.destroy());
  const { KeyMetadata } = await client.send(
    new CreateKeyCommand({ KeySpec: "ECC_SECG_P256K1", KeyUsage: "SIGN_VERIFY" }),
  );
  return createKmsKey({ client, key: KeyMetadata?.Arn ?? "" });
}

describe("a key in a stand-in of KMS", () => {
  const secret = new Uint8Array(32).fill(7);
  digestSignerContract(it, async () => createKmsKey({ ...standInKms(secret), key: "k" }));
});

contractOn("digest-signer", FAUXQS_TRAITS, ({ needing }) => {
  digestSignerContract(needing("sign-secp256k1"), createKey);
});
