import { afterAll, describe, expect, it } from "vitest";
import { createDynamoCursors } from "#shared/adapters/aws/dynamo-cursors.ts";
import { createDynamoHeartbeats } from "#shared/adapters/aws/dynamo-heartbeats.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createDynamoTipNotice } from "#shared/adapters/aws/dynamo-tip-notice.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { flaky } from "../support/flaky.ts";
import { cursorsContract } from "./cursors.contract.ts";
import { heartbeatsContract } from "./heartbeats.contract.ts";
import { leasesContract } from "./leases.contract.ts";
import { tipNoticeContract } from "./tip-notice.contract.ts";

const endpoint = await openDynamoEndpoint();
afterAll(() => endpoint[Symbol.asyncDispose]());

async function openChain() {
  const client = endpoint.client();
  const { chain: table } = await makeCityTables(client, ["chain"]);
  return createDynamoTable({ client, table });
}

describe("dynamo leases", () => {
  leasesContract(async () => createDynamoLeases(await openChain()));

  it("gives a lease to one of many that ask at once", async () => {
    const chain = await openChain();
    const asks = Array.from({ length: 6 }, (_, at) => {
      const ask = { owner: `owner ${at}`, now: unixSeconds(1_700_000_000), seconds: 60 };
      return createDynamoLeases(chain).take("pack", ask);
    });
    const given = (await Promise.all(asks)).filter((lease) => lease !== undefined);
    expect(given).toHaveLength(1);
    const holder = await createDynamoLeases(chain).holder("pack", unixSeconds(1_700_000_000));
    expect(holder).toEqual(given[0]);
  });
});

describe("dynamo leases on a bad day", () =>
  leasesContract(async () => flaky(createDynamoLeases(await openChain()), 1)));

describe("dynamo tip notice", () =>
  tipNoticeContract(async () => createDynamoTipNotice(await openChain())));

describe("dynamo cursors", () =>
  cursorsContract(async () => createDynamoCursors(await openChain())));

describe("dynamo heartbeats", () =>
  heartbeatsContract(async () => createDynamoHeartbeats(await openChain())));
