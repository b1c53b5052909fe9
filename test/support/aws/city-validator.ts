import { checkBlock } from "#services/validate/check-block.ts";
import { type ConnectDeps, connectHinted } from "#services/validate/connect-hinted.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { createAwsBlockStore } from "#shared/adapters/aws/aws-block-store.ts";
import { createDynamoBlockTries } from "#shared/adapters/aws/dynamo-block-tries.ts";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createDynamoHeaderStore } from "#shared/adapters/aws/dynamo-header-store.ts";
import { createDynamoHeartbeats } from "#shared/adapters/aws/dynamo-heartbeats.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createDynamoTipNotice } from "#shared/adapters/aws/dynamo-tip-notice.ts";
import { createPackedBlocks } from "#shared/adapters/aws/packed-blocks.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../memory-validator.ts";
import type { CityTables } from "./city-tables.ts";
import type { CityClients } from "./packing-city.ts";
import { sortHere } from "./sort-here.ts";

/** What the service runs on in a city: its tables, its bucket. */
export function cityValidator(
  network: Network,
  now: UnixSeconds,
  city: Omit<CityClients, "table"> & { readonly tables: CityTables },
): ConnectDeps {
  const { dynamo: client, s3, bucket, tables } = city;
  const { headers: _headers, blocks: _blocks, ...base } = memoryValidator(network, now);
  const { clock } = base;
  const chain = createDynamoTable({ client, table: tables.chain });
  const objects = createS3Objects({ client: s3, bucket });
  const packed = createPackedBlocks({ chain, objects });
  return {
    ...base,
    headers: createDynamoHeaderStore({ chain, packed, clock }),
    blocks: createAwsBlockStore({ chain, objects, packed }),
    coins: createDynamoCoinStore({
      client,
      tables,
      dialect: network.consensus.dialect,
      clock,
      entropy: createSystemEntropy(),
      sort: sortHere,
    }),
    shared: {
      tries: createDynamoBlockTries(chain),
      leases: createDynamoLeases(chain),
      heartbeats: createDynamoHeartbeats(chain),
      notice: createDynamoTipNotice(chain),
      announce: { send: async () => undefined },
      operators: { tell: async () => undefined },
    },
  };
}

/** Blocks between two hints to connect, so that commits hold one block and many. */
const HINT_BLOCKS = 8;

/** Whether somebody asks to connect after this block of a file. */
export function isHinted(at: number): boolean {
  return at % HINT_BLOCKS === HINT_BLOCKS - 1;
}

/** Take blocks as the parts of a city do: stored by the peer process, checked, connected. */
export async function followInCity(
  blocks: readonly Uint8Array[],
  deps: ConnectDeps,
): Promise<void> {
  const checks: HashHex[] = [];
  const check = async () => {
    for (const hash of checks.splice(0)) await checkBlock(hash, { group: "peer" }, toCheck);
    await connectHinted({ attempt: 1, deadlineMs: Number.POSITIVE_INFINITY }, deps);
  };
  const toCheck = { ...deps, announce: deps.shared.announce };
  for (const [at, bytes] of blocks.entries()) {
    const taken = await storeBlock(bytes, deps);
    if (taken.state === "accepted") checks.push(taken.record.hash);
    else if (taken.state !== "known") throw new RangeError(`block ${at} is ${taken.state}`);
    if (isHinted(at)) await check();
  }
  await check();
}
