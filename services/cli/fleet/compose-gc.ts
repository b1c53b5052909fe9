import type { City } from "#regions/city.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";
import { createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { createAwsSegments } from "#shared/adapters/aws/aws-segments.ts";
import { createCityGenerations } from "#shared/adapters/aws/city-generations.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createLooseBlocks } from "#shared/adapters/aws/loose-blocks.ts";
import { networkOfCity } from "#shared/adapters/aws/network-of-city.ts";
import { openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createPackedBlocks } from "#shared/adapters/aws/packed-blocks.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { checkAccount, cityNamesOf, type FleetOptions } from "./compose-fleet.ts";
import type { SweepBlocksDeps } from "./sweep-blocks.ts";
import type { SweepDeps } from "./sweep-generations.ts";

/** What a city has too much of, with the operator's own credentials. */
export async function composeGc(
  options: FleetOptions,
  city: City,
): Promise<SweepDeps & SweepBlocksDeps> {
  const names = cityNamesOf(options, city, await checkAccount(options));
  const { tables, region, buckets } = names;
  const clock = createSystemClock();
  const clients = { dynamo: createDynamoClient({ region }), s3: createS3Client({ region }) };
  const network = networkOfCity(ENVIRONMENTS[options.fleet].network);
  const env = {
    EXOS_TABLE_CHAIN: tables.chain,
    EXOS_TABLE_COINS: tables.coins,
    EXOS_BUCKET_CHAIN: buckets.chain,
  };
  const deps = { clients, network, clock, entropy: createSystemEntropy() };
  const { chain, objects, blocks, coins } = openChainStores(env, deps);
  return {
    ...{ clock, coins },
    generations: createCityGenerations({ client: clients.dynamo, tables, clock }),
    segments: createAwsSegments({ chain, objects, blocks }),
    leases: createDynamoLeases(chain),
    loose: createLooseBlocks({ chain, packed: createPackedBlocks({ chain, objects }) }),
  };
}
