import { expect } from "vitest";
import { binary, type DynamoItem, text } from "#shared/adapters/aws/dynamo-item.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { DYNAMO_TRAITS, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { recordRequests } from "../support/aws/record-requests.ts";
import { contractOn } from "./contract-cases.ts";

/** Two or three of them fill a page, as the endpoint counts the one that does not fit; 400 KB at most. */
const ITEM_BYTES = 390_000;

contractOn("dynamo-pages", DYNAMO_TRAITS, ({ needing }) => {
  needing("page-limits")("reads on where a page of a query or a scan ends at 1 MB", async () => {
    await using endpoint = await openDynamoEndpoint();
    const client = endpoint.client();
    const { chain } = await makeCityTables(client, ["chain"]);
    const table = createDynamoTable({ client, table: chain });
    const pk = text("a");
    const wanted = [0, 1, 2, 3];
    for (const at of wanted) {
      await table.put({ pk, sk: binary(Uint8Array.of(at)), b: binary(new Uint8Array(ITEM_BYTES)) });
    }
    const records = recordRequests(client);
    const placeOf = (item: DynamoItem) => item["sk"]?.B?.[0];
    const queried: unknown[] = [];
    const where = { text: "#pk = :pk", values: { pk } };
    for await (const item of table.query({ where })) queried.push(placeOf(item));
    const scanned: unknown[] = [];
    for await (const page of table.scan({ segment: 0, of: 1 })) scanned.push(...page.map(placeOf));
    expect([queried, scanned]).toEqual([wanted, wanted]);
    for (const asked of ["Query", "Scan"]) {
      const pages = records.filter(({ action }) => action === asked);
      expect(pages.length, asked).toBeGreaterThan(1);
    }
  });
});
