import { afterAll, describe, expect, it } from "vitest";
import { chainKey } from "#shared/adapters/aws/chain-key.ts";
import { createDynamoCursors } from "#shared/adapters/aws/dynamo-cursors.ts";
import { createDynamoHeartbeats } from "#shared/adapters/aws/dynamo-heartbeats.ts";
import { numeric, text } from "#shared/adapters/aws/dynamo-item.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createDynamoTipNotice } from "#shared/adapters/aws/dynamo-tip-notice.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { DYNAMO_TRAITS, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { injectFaults, ROUGH } from "../support/aws/fault-requests.ts";
import { contractOn } from "./contract-cases.ts";
import { cursorsContract } from "./cursors.contract.ts";
import { heartbeatsContract } from "./heartbeats.contract.ts";
import { leasesContract } from "./leases.contract.ts";
import { tipNoticeContract } from "./tip-notice.contract.ts";

const endpoint = await openDynamoEndpoint();
afterAll(() => endpoint[Symbol.asyncDispose]());

/** A table of its own. @param faultSeed of a bad day; a good one without it */
async function openChain(faultSeed?: number) {
  const { chain: table } = await makeCityTables(endpoint.client(), ["chain"]);
  const client = endpoint.client();
  if (faultSeed !== undefined) {
    injectFaults(client, { ...ROUGH, seed: faultSeed, sparesLast: true });
  }
  return createDynamoTable({ client, table });
}

contractOn("leases", DYNAMO_TRAITS, () =>
  leasesContract(async () => createDynamoLeases(await openChain())),
);

contractOn("leases on a bad day", DYNAMO_TRAITS, () => {
  let seed = 0;
  leasesContract(async () => createDynamoLeases(await openChain(++seed)));
});

describe("dynamo leases", () => {
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

contractOn("tip-notice", DYNAMO_TRAITS, () =>
  tipNoticeContract(async () => createDynamoTipNotice(await openChain(1))),
);

contractOn("cursors", DYNAMO_TRAITS, () =>
  cursorsContract(async () => createDynamoCursors(await openChain(2))),
);

describe("dynamo heartbeats", () => {
  it("reads on beside what only a newer release says, which a rollback leaves there", async () => {
    const chain = await openChain();
    const heartbeats = createDynamoHeartbeats(chain);
    const at = unixSeconds(1_700_000_000);
    await heartbeats.beat({ service: "stake", at });
    const key = (service: string) => chainKey("BEAT", new TextEncoder().encode(service));
    const tides = { service: "tides", at, level: "low" };
    await chain.put({ ...key("tides"), at: numeric(at), said: text(JSON.stringify(tides)) });
    const city = { city: "lon", at, ready: true, differs: ["split", "tides"], tip: null };
    const watch = { service: "watch", at, deadLetters: 0, oldestHintSeconds: 0, cities: [city] };
    await chain.put({ ...key("watch"), at: numeric(at), said: text(JSON.stringify(watch)) });
    const seen = { ...city, differs: ["split"], tip: undefined };
    expect(await heartbeats.all()).toEqual([
      { service: "stake", at },
      { ...watch, cities: [seen] },
    ]);
  });
});

contractOn("heartbeats", DYNAMO_TRAITS, () =>
  heartbeatsContract(async () => createDynamoHeartbeats(await openChain(3))),
);
