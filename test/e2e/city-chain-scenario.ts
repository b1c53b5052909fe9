import { createValidator } from "#services/validate/core.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { cityValidator, followInCity, isHinted } from "../support/aws/city-validator.ts";
import type { DynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import type { FauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { loadChain } from "../support/chain-file.ts";
import { type FollowedChain, readFollowedChain } from "../support/followed-chain.ts";
import { memoryValidator } from "../support/memory-validator.ts";
import { type RecordedChain, SHORT_CHAINS, totalsOf } from "../support/recorded-chains.ts";

/** A recorded chain, and how much of it is followed. */
export interface CityChain extends RecordedChain {
  /** Of the file, from its beginning. */
  readonly blocks: number;
}

/** What the contract run of a city is about. */
export const CITY_CHAINS: readonly CityChain[] = [
  { ...recordedChain("stratis/blk0001.dat"), blocks: 300 },
  { ...recordedChain("exos-regtest/chain.dat"), blocks: 3_121 },
];

function recordedChain(file: string): RecordedChain {
  const chain = SHORT_CHAINS.find((each) => each.file === file);
  if (chain === undefined) throw new RangeError(`nothing is known of ${file}`);
  return chain;
}

/** Later than every block of the recorded chains. */
const NOW = unixSeconds(1_900_000_000);

/** Where one chain ended on both sides. */
export interface FollowedTwice {
  /** Where it has to: in its last block, and with the coins that are known of a whole file. */
  readonly wanted: Partial<FollowedChain>;
  readonly city: FollowedChain;
  readonly embedded: FollowedChain;
}

/**
 * Follow a chain in the stores of a new city, and in those of an embedded node.
 *
 * @throws RangeError when its vectors are absent, or end before so many blocks
 */
export async function followTwice(
  chain: CityChain,
  endpoints: { readonly tables: DynamoEndpoint; readonly buckets: FauxqsEndpoint },
): Promise<FollowedTwice> {
  const all = loadChain(chain.file, 4);
  if (all === undefined) throw new RangeError(`${chain.file} of the vectors is absent`);
  const blocks = all.slice(0, chain.blocks);
  const wanted = endOf(chain, blocks);

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
  return { wanted, city: await readFollowedChain(deps), embedded: await readFollowedChain(own) };
}

function endOf(chain: CityChain, blocks: readonly Uint8Array[]): FollowedTwice["wanted"] {
  const height = chain.from + chain.blocks - 1;
  if (height === chain.height) return totalsOf(chain);
  const last = blocks[chain.blocks - 1];
  if (last === undefined) throw new RangeError(`${chain.file} ends before height ${height}`);
  const decoded = decodeBlock(last, chain.network.consensus.wire);
  if (!decoded.ok) throw decoded.error;
  return { height, hash: toHashHex(decoded.value.hash) };
}
