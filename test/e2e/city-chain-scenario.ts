import { createValidator } from "#services/validate/core.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import type { Network } from "#shared/consensus/params.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { cityValidator, followInCity, isHinted } from "../support/aws/city-validator.ts";
import type { DynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import type { FauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { loadChain } from "../support/chain-file.ts";
import { type FollowedChain, readFollowedChain } from "../support/followed-chain.ts";
import { memoryValidator } from "../support/memory-validator.ts";

/** A recorded chain, and how much of it is followed. */
export interface CityChain {
  readonly network: Network;
  /** Below the folder of vectors. */
  readonly file: string;
  /** Of the file, from its beginning. */
  readonly blocks: number;
}

/** What the contract run of a city is about. */
export const CITY_CHAINS: readonly CityChain[] = [
  { network: stratis, file: "stratis/blk0001.dat", blocks: 300 },
  { network: exosRegtest, file: "exos-regtest/chain.dat", blocks: 3_121 },
];

/** Later than every block of the recorded chains. */
const NOW = unixSeconds(1_900_000_000);

/**
 * Follow a chain in the stores of a new city, and in those of an embedded node.
 *
 * @throws RangeError when its vectors are absent
 */
export async function followTwice(
  chain: CityChain,
  endpoints: { readonly tables: DynamoEndpoint; readonly buckets: FauxqsEndpoint },
): Promise<{ readonly city: FollowedChain; readonly embedded: FollowedChain }> {
  const all = loadChain(chain.file, 4);
  if (all === undefined) throw new RangeError(`${chain.file} of the vectors is absent`);
  const blocks = all.slice(0, chain.blocks);

  const dynamo = endpoints.tables.client();
  const s3 = endpoints.buckets.s3();
  const [tables, bucket] = await Promise.all([
    makeCityTables(dynamo, ["chain", "coins"]),
    makeCityBucket(s3),
  ]);
  const deps = cityValidator(chain.network, NOW, { dynamo, s3, tables, bucket });
  await followInCity(blocks, deps);

  const own = memoryValidator(chain.network, NOW);
  const validator = createValidator(own);
  for (const [at, bytes] of blocks.entries()) {
    await validator.accept(bytes);
    // As often as in the city: what is known of a kernel hangs on what was connected by then.
    if (isHinted(at)) await validator.connect();
  }
  await validator.connect();
  return { city: await readFollowedChain(deps), embedded: await readFollowedChain(own) };
}
