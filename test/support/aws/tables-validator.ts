import type { ValidateDeps } from "#services/validate/deps.ts";
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
import type { CityTable } from "#shared/adapters/aws/table-shapes.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../memory-validator.ts";
import { makeCityBucket } from "./city-bucket.ts";
import { makeCityTables } from "./city-tables.ts";
import { openDynamoEndpoint } from "./dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "./fauxqs-endpoint.ts";
import { type RequestRecord, recordRequests } from "./record-requests.ts";
import { sortHere } from "./sort-here.ts";

/** The service over the tables and the bucket of one city, every request of it written down. */
export interface TablesValidator extends AsyncDisposable {
  readonly deps: ValidateDeps & Required<Pick<ValidateDeps, "shared">>;
  /** Requests so far; cleared by whoever measures. */
  readonly records: RequestRecord[];
  /** Sends to the same tables, and nothing of it is written down. */
  readonly unrecorded: ReturnType<Awaited<ReturnType<typeof openDynamoEndpoint>>["client"]>;
  /** What sends a function of the city to the same tables and bucket. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A city on endpoints in this process, which nobody else is in. Hints go nowhere.
 * @param wanted tables that are made; those of the chain unless said
 */
export async function openTablesValidator(
  network: Network,
  now: UnixSeconds,
  wanted: readonly CityTable[] = ["chain", "coins"],
): Promise<TablesValidator> {
  const stack = new AsyncDisposableStack();
  const dynamo = stack.use(await openDynamoEndpoint());
  const fauxqs = stack.use(await openFauxqsEndpoint());
  const unrecorded = dynamo.client();
  const tables = await makeCityTables(unrecorded, wanted);
  const client = dynamo.client();
  const s3 = fauxqs.s3();
  const bucket = await makeCityBucket(s3);
  const records = recordRequests(client);
  recordRequests(s3, records);
  const base = memoryValidator(network, now);
  const { clock } = base;
  const chain = createDynamoTable({ client, table: tables.chain });
  const objects = createS3Objects({ client: s3, bucket });
  const packed = createPackedBlocks({ chain, objects });
  const { dialect } = network.consensus;
  const entropy = createSystemEntropy();
  const deps = {
    ...base,
    blocks: createAwsBlockStore({ chain, objects, packed }),
    headers: createDynamoHeaderStore({ chain, packed, clock }),
    coins: createDynamoCoinStore({ client, tables, dialect, clock, entropy, sort: sortHere }),
    shared: {
      tries: createDynamoBlockTries(chain),
      leases: createDynamoLeases(chain),
      heartbeats: createDynamoHeartbeats(chain),
      notice: createDynamoTipNotice(chain),
      announce: { send: async () => undefined },
      operators: { tell: async () => undefined },
    },
  };
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ENDPOINT_URL_S3: fauxqs.url,
    EXOS_TABLE_CHAIN: tables.chain,
    EXOS_TABLE_COINS: tables.coins,
    EXOS_TABLE_INDEX: tables.index,
    EXOS_TABLE_POOL: tables.pool,
    EXOS_BUCKET_CHAIN: bucket,
  };
  return {
    deps,
    records,
    unrecorded,
    environment,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
