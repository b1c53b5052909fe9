import {
  createDynamoClient,
  createKmsClient,
  createS3Client,
} from "#shared/adapters/aws/aws-clients.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { networkOfCity } from "#shared/adapters/aws/network-of-city.ts";
import { CHAIN_VARIABLES, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { Log } from "#shared/ports/log.ts";
import type { SignOnTipDeps } from "./sign-on-tip.ts";

/** What the environment of this function holds. */
export const WANTED = [
  "EXOS_ENVIRONMENT",
  "EXOS_CITY",
  "EXOS_NETWORK",
  ...CHAIN_VARIABLES,
  "EXOS_KEY_STAKE",
] as const;

/**
 * The signer over the tables of a city and its key. Builds every client and asks for nothing.
 *
 * @throws StoreFault `EXOS-E8101` that names what is missing or wrong in the environment
 */
export function composeAws(
  environment: Readonly<Record<string, string | undefined>>,
): SignOnTipDeps & { readonly log: Log } {
  const env = readCityEnvironment(environment, WANTED);
  const network = networkOfCity(env.EXOS_NETWORK);
  const { coins, headers } = openChainStores(env, {
    clients: { dynamo: createDynamoClient(), s3: createS3Client() },
    network,
    clock: createSystemClock(),
    entropy: createSystemEntropy(),
  });
  const log = createStreamLog({
    write: (line) => process.stdout.write(line),
    form: "json",
    level: "info",
    constant: { service: "stake", city: env.EXOS_CITY },
  });
  const key = createKmsKey({ client: createKmsClient(), key: env.EXOS_KEY_STAKE });
  return { network, coins, headers, key, log };
}
