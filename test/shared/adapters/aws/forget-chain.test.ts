import { afterAll, expect, it } from "vitest";
import { chainKey } from "#shared/adapters/aws/chain-key.ts";
import { binary, numeric, text } from "#shared/adapters/aws/dynamo-item.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { forgetChain } from "#shared/adapters/aws/forget-chain.ts";
import { makeCityTables } from "../../../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";

const endpoint = await openDynamoEndpoint();
afterAll(() => endpoint[Symbol.asyncDispose]());

it("forgets the chain of a city and every verdict, and no header, body, lease or sign of life", async () => {
  const client = endpoint.client();
  const { chain: name } = await makeCityTables(client, ["chain"]);
  const chain = createDynamoTable({ client, table: name });
  const gone = ["TIP", "F#00000003", "X#beef", "S#000001", "CAND"];
  const kept = ["H#aa", "H#bb", "B#aa", "L#load", "BEAT", "C#index", "G#1", "NOW"];
  for (const pk of [...gone, ...kept]) {
    await chain.put({ ...chainKey(pk), hd: binary(Uint8Array.of(1)) });
  }
  await chain.put({ ...chainKey("CAND", Uint8Array.of(7)), exp: numeric(1) });
  const bad = { bad: text('{"code":"bad-cs-amount"}'), until: numeric(5) };
  await chain.put({ ...chainKey("H#bb"), hd: binary(Uint8Array.of(1)), ...bad });
  for (let run = 0; run < 2; run++) {
    await forgetChain(chain);
    for (const pk of gone) expect(await chain.get(chainKey(pk)), pk).toBeUndefined();
    expect(await chain.get(chainKey("CAND", Uint8Array.of(7)))).toBeUndefined();
    for (const pk of kept) {
      const item = await chain.get(chainKey(pk));
      expect(Object.keys(item ?? {}).sort(), pk).toEqual(["hd", "pk", "sk"]);
    }
  }
});
