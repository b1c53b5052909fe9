import { createDynamoClient, createKmsClient } from "#shared/adapters/aws/aws-clients.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { networkOfCity } from "#shared/adapters/aws/network-of-city.ts";
import { CHAIN_VARIABLES, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { readTraceSettings } from "#shared/adapters/aws/trace-settings.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Log } from "#shared/ports/log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Traces } from "#shared/ports/traces.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";
import type { SignOnTipDeps } from "./sign-on-tip.ts";
import type { SignSweepDeps } from "./sign-sweep.ts";

/** What the environment of this function holds. */
export const WANTED = [
  "EXOS_ENVIRONMENT",
  "EXOS_CITY",
  "EXOS_NETWORK",
  ...CHAIN_VARIABLES,
  "EXOS_KEY_STAKE",
] as const;

/** Where the deployer fixed an address that the city's money may be swept to. */
export const WANTED_WITH_SWEEP = ["EXOS_SWEEP_ADDRESS"] as const;

interface Logged {
  readonly log: Log;
  /** `undefined` where nothing is traced. */
  readonly traces: Traces | undefined;
}

/**
 * The signer over the tables of a city and its key. Builds every client and asks for nothing.
 *
 * @throws StoreFault `EXOS-E8101` that names what is missing or wrong in the environment
 */
export function composeAws(
  environment: Readonly<Record<string, string | undefined>>,
): SignOnTipDeps & SignSweepDeps & Logged {
  const env = readCityEnvironment(environment, WANTED);
  const network = networkOfCity(env.EXOS_NETWORK);
  const clock = createSystemClock();
  const log = createStreamLog({
    write: (line) => process.stdout.write(line),
    form: "json",
    level: "info",
    constant: { service: "stake", city: env.EXOS_CITY },
  });
  const traces = createLateTraces(readTraceSettings(environment, "stake"), { clock, log });
  const { coins, headers } = openChainStores(env, {
    clients: { dynamo: createDynamoClient({}, traces), traces },
    network,
    clock,
    entropy: createSystemEntropy(),
  });
  const key = createKmsKey({ client: createKmsClient({}, traces), key: env.EXOS_KEY_STAKE });
  const sweepScript = sweepScriptOf(environment, network);
  return { network, coins, headers, key, log, traces, sweepScript };
}

/** @throws StoreFault `EXOS-E8101` for what is no address of the network */
function sweepScriptOf(
  environment: Readonly<Record<string, string | undefined>>,
  { name, addresses }: Pick<Network, "name" | "addresses">,
): Uint8Array | undefined {
  if (WANTED_WITH_SWEEP.every((variable) => environment[variable] === undefined)) return undefined;
  const { EXOS_SWEEP_ADDRESS: text } = readCityEnvironment(environment, WANTED_WITH_SWEEP);
  const address = parseAddress(text, addresses);
  if (address !== undefined) return scriptOfAddress(address);
  throw new StoreFault(`EXOS_SWEEP_ADDRESS is no address of ${name}: "${text}"`, {
    retryable: false,
    code: "EXOS-E8101",
  });
}
