import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Clock } from "#shared/ports/clock.ts";
import type { GenerationState, Generations } from "#shared/ports/generations.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { chainKey } from "./chain-key.ts";
import { noteGeneration } from "./coin-generations.ts";
import { binary, brokenItem, hashHexOf, numberOf, optionalBytesOf, textOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { generationTable } from "./table-shapes.ts";

const STATES: readonly GenerationState[] = ["filling", "loaded", "old", "dropped"];

/**
 * The items `G#<n>` of a city's coins.
 *
 * @param options `chain` the table itself; `coins` the name of its tables up to the generation
 * @source cloud.md 3.1
 */
export function createDynamoGenerations(options: {
  readonly chain: DynamoTable;
  readonly coins: string;
  readonly clock: Pick<Clock, "now">;
}): Generations {
  const { chain, coins, clock } = options;
  async function noteTrust(
    generation: number,
    values: Readonly<Record<string, AttributeValue>>,
  ): Promise<void> {
    const set = Object.keys(values).map((name) => `#${name} = :${name}`);
    await chain.update(chainKey(`G#${generation}`), { text: `SET ${set.join(", ")}`, values });
  }

  return {
    async get(generation) {
      const item = await chain.get(chainKey(`G#${generation}`));
      if (item === undefined) return undefined;
      const said = textOf(item, "state");
      const state = STATES.find((one) => one === said);
      if (state === undefined) throw brokenItem(`generation ${generation} is ${said}`);
      const digest = optionalBytesOf(item, "digest");
      return {
        state,
        at: numberOf(item, "at"),
        assumed: item["assumed"]?.BOOL === true,
        refuted: item["refuted"]?.BOOL === true,
        digest: digest && hashHexOf(digest),
      };
    },
    noteOld(generation) {
      const table = generationTable(coins, generation);
      return noteGeneration(chain, generation, { table, state: "old", at: clock.now() });
    },
    async noteLoaded(generation, { assumed, digest }) {
      // First what nobody may miss once it is in use.
      await noteTrust(generation, {
        assumed: { BOOL: assumed },
        digest: binary(fromHashHex(digest)),
      });
      const table = generationTable(coins, generation);
      await noteGeneration(chain, generation, { table, state: "loaded", at: clock.now() });
    },
    noteConfirmed: (generation) => noteTrust(generation, { assumed: { BOOL: false } }),
    noteRefuted: (generation) => noteTrust(generation, { refuted: { BOOL: true } }),
  };
}
