import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { AddressIndex, AddressIndexWriter } from "#shared/ports/address-index.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import { createDynamoAddressIndex } from "./dynamo-address-index.ts";
import { createIndexTables } from "./index-tables.ts";
import type { ChainStores } from "./open-chain-stores.ts";

/** The index of a city beside its chain, without a request. @param name as `EXOS_TABLE_INDEX` has it */
export function openAddressIndex(
  name: string,
  deps: Pick<ChainStores, "blocks" | "headers" | "cursors"> & {
    readonly coins: Pick<CoinStore, "tip" | "frozen" | "read" | "readTransaction">;
    readonly dynamo: DynamoDBClient;
    readonly wire: WireFormat;
    readonly clock: Pick<Clock, "elapsedMs">;
  },
): AddressIndex & AddressIndexWriter {
  const { dynamo, headers, coins, blocks, cursors, wire, clock } = deps;
  return createDynamoAddressIndex({
    tables: createIndexTables({ client: dynamo, name }),
    coins,
    blocks,
    cursors,
    heightOf: async (hash) => (await headers.get(hash))?.record.height,
    wire,
    clock,
  });
}
