import {
  DescribeKeyCommand,
  type KeyMetadata,
  type KMSClient,
  paginateListKeys,
} from "@aws-sdk/client-kms";
import { awsFaultOf } from "./aws-fault.ts";

/** Of a key that is on its way out nothing is left but days. */
const ENDING = "PendingDeletion";

/**
 * Keys of a region with this description that are not to be deleted: the only trace that a key keeps of
 * whose it was, once its alias is gone. Keys that nobody here may look at are none of ours.
 *
 * @returns ARNs
 * @throws StoreFault when the world failed
 */
export async function keysDescribed(
  client: KMSClient,
  description: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    for await (const { Keys = [] } of paginateListKeys({ client }, {})) {
      for (const { KeyId, KeyArn } of Keys) {
        const { Description, KeyState } = (await describe(client, KeyId)) ?? {};
        const isOne = Description === description && KeyState !== ENDING;
        if (isOne && KeyArn !== undefined) found.push(KeyArn);
      }
    }
    return found;
  } catch (cause) {
    throw awsFaultOf(cause, "looking for keys");
  }
}

async function describe(
  client: KMSClient,
  KeyId: string | undefined,
): Promise<KeyMetadata | undefined> {
  try {
    return (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  } catch (cause) {
    // Somebody else's, whose policy says so; ours lets the account look.
    if (cause instanceof Error && cause.name === "AccessDeniedException") return undefined;
    throw cause;
  }
}
