import { afterAll, describe, expect, it } from "vitest";
import { chainKey } from "#shared/adapters/aws/chain-key.ts";
import { binary, binarySet, numeric, text } from "#shared/adapters/aws/dynamo-item.ts";
import { createDynamoTable, type DynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { forgetChain } from "#shared/adapters/aws/forget-chain.ts";
import { makeCityTables } from "../../../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";

const endpoint = await openDynamoEndpoint();
afterAll(() => endpoint[Symbol.asyncDispose]());

const REV = 41;
const ours = { rev: REV, segmentsFrom: 2, expectOurs: async () => undefined };
const byte = (value: number) => binary(Uint8Array.of(value));
const candidate = chainKey("CAND", Uint8Array.of(7));

async function createTable() {
  const client = endpoint.client();
  const { chain } = await makeCityTables(client, ["chain"]);
  return createDynamoTable({ client, table: chain });
}

/** What a chain leaves of each kind, told from another's by a byte. */
async function putChain(chain: DynamoTable, mark: number, rev: number): Promise<void> {
  await chain.put({ ...chainKey("TIP"), rev: numeric(rev) });
  await chain.put({ ...chainKey("F#00000003"), ids: byte(mark) });
  await chain.put({ ...chainKey("X#beef"), e: binarySet([Uint8Array.of(mark)]) });
  for (const index of [0, 1, 2, 3]) {
    // Of blocks below where both chains part, the same.
    const sha = byte(index < 2 ? 0 : mark);
    await chain.put({ ...chainKey(`S#00000${index}`), sha });
  }
  await chain.put({ ...candidate, exp: numeric(mark) });
  await chain.put({ ...chainKey("H#aa"), bad: text(`code ${mark}`) });
}

/** What is there of it, in no order. */
async function contentOf(chain: DynamoTable): Promise<string[]> {
  const found: string[] = [];
  for await (const page of chain.scan({ segment: 0, of: 1 })) {
    found.push(...page.map((item) => JSON.stringify(item)));
  }
  return found.sort();
}

it("forgets the tip, segments above the set, candidates and verdicts, and nothing else", async () => {
  const chain = await createTable();
  const gone = ["TIP", "S#000002", "S#000003", "CAND"];
  const kept = [
    ...["H#aa", "H#bb", "B#aa", "L#load", "BEAT", "C#index", "G#1", "NOW"],
    ...["S#000000", "S#000001", "F#00000003", "X#beef"],
  ];
  for (const pk of [...gone, ...kept]) await chain.put({ ...chainKey(pk), hd: byte(1) });
  await chain.put({ ...chainKey("TIP"), rev: numeric(REV) });
  await chain.put({ ...candidate, exp: numeric(1) });
  const bad = { bad: text('{"code":"bad-cs-amount"}'), until: numeric(5) };
  await chain.put({ ...chainKey("H#bb"), hd: byte(1), ...bad });
  for (const rev of [REV, undefined]) {
    expect(await forgetChain(chain, { ...ours, rev })).toBe(true);
    for (const pk of gone) expect(await chain.get(chainKey(pk)), pk).toBeUndefined();
    expect(await chain.get(candidate)).toBeUndefined();
    for (const pk of kept) {
      const item = await chain.get(chainKey(pk));
      expect(Object.keys(item ?? {}).sort(), pk).toEqual(["hd", "pk", "sk"]);
    }
  }
});

describe("a load that stood still while another one filled the city", () => {
  it("deletes nothing of the new chain, though it had read the old one", async () => {
    const chain = await createTable();
    await putChain(chain, 1, REV);
    const looks: Promise<void>[] = [];
    let expected: string[] = [];
    // All of it happens between the last look at whose turn it is and the first deletion.
    const expectOurs = () => {
      looks[0] ??= putChain(chain, 2, REV + 1).then(async () => {
        expected = await contentOf(chain);
      });
      return looks[0];
    };
    expect(await forgetChain(chain, { ...ours, expectOurs })).toBe(true);
    expect(expected).toHaveLength(9);
    expect(await contentOf(chain)).toEqual(expected);
  });

  it("deletes nothing that it reads when its turn is over", async () => {
    const chain = await createTable();
    await putChain(chain, 2, REV + 1);
    const expected = await contentOf(chain);
    const isOver = new RangeError("over");
    const expectOurs = () => Promise.reject(isOver);
    await expect(forgetChain(chain, { ...ours, rev: undefined, expectOurs })).rejects.toBe(isOver);
    expect(await contentOf(chain)).toEqual(expected);
  });

  it("finds another tip, and looks at nothing", async () => {
    const chain = await createTable();
    await putChain(chain, 2, REV + 1);
    const expected = await contentOf(chain);
    const expectOurs = () => Promise.reject(new RangeError("asked"));
    expect(await forgetChain(chain, { ...ours, expectOurs })).toBe(false);
    expect(await contentOf(chain)).toEqual(expected);
  });
});
