import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { ownerHash, ownerPart } from "#shared/adapters/aws/index-keys.ts";
import { decodeSummary, summaryKey } from "#shared/adapters/aws/index-summary-codec.ts";
import { WALK_MS } from "#shared/adapters/aws/walk-time.ts";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import type {
  AddressIndex,
  AddressIndexWriter,
  Page,
  PageFault,
} from "#shared/ports/address-index.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Result } from "#shared/primitives/result.ts";
import { growBlock, TO_B, TO_KEY, type TreeBlock } from "../block-tree.ts";
import { EXOS_WIRE } from "../wires.ts";
import { type CityIndex, openCityIndex } from "./dynamo-index.ts";

/** Looks at the time of a call, of which the last says that it is over. */
const LOOKS_OF_A_CALL = 5;

export const GENESIS = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);

/** A block whose maker is `TO_KEY`, which also pays itself out of two of its coins. */
function growStaker(prev: TreeBlock, nonce: number): TreeBlock {
  const own = prev.coins.filter(({ script }) => script === TO_KEY).slice(0, 2);
  const payments = own.map((coin) => ({
    spends: [coin],
    pays: [
      [coin.value / 2n, TO_KEY],
      [coin.value - coin.value / 2n, TO_B],
    ] as [bigint, Uint8Array][],
  }));
  return growBlock(prev, nonce, [{ spends: [], pays: [[50n, TO_KEY]] }, ...payments]);
}

/** Such blocks, one over the other. */
export function growStakers(from: TreeBlock, count: number, nonce: number): TreeBlock[] {
  const grown: TreeBlock[] = [];
  for (let at = 0; at < count; at++) grown.push(growStaker(grown.at(-1) ?? from, nonce + at));
  return grown;
}

/** Time passes with every look at it. */
function passing() {
  let ms = 0;
  return { elapsedMs: () => (ms += WALK_MS / LOOKS_OF_A_CALL) };
}

/** The same blocks in a table, whose readers soon run out of time, and in memory. */
export async function openBoth(client: DynamoDBClient, blocks: readonly TreeBlock[]) {
  const city = await openCityIndex(client, { commits: false, clock: passing() });
  const memory = createMemoryAddressIndex({ wire: EXOS_WIRE });
  for (const index of [city, memory]) await append(index, blocks);
  return { city, memory };
}

async function append(index: AddressIndexWriter, blocks: readonly TreeBlock[]): Promise<void> {
  await index.add(
    blocks.map(({ height, hash, bytes }) => ({ height, hash, bytes: bytes.slice() })),
  );
}

export type Both = Awaited<ReturnType<typeof openBoth>>;

/** Commit a tip in the city, and let both indexes follow it. */
export async function follow(both: Both, tip: TreeBlock, final: number): Promise<void> {
  await both.city.commit(tip.hash, final);
  for (const index of [both.city, both.memory]) await index.follow(tip.hash);
}

/** What a call says, or that it has to be asked again. */
export async function once<Answer>(ask: () => Promise<Answer>): Promise<Answer | "again"> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof StoreFault && cause.code === "EXOS-E1016" && cause.retryable)
      return "again";
    throw cause;
  }
}

/** Ask until there is an answer. @returns it, and how often it was to be asked again */
export async function patiently<Answer>(ask: () => Promise<Answer>) {
  for (let again = 0; again < 100; again++) {
    const answer = await once(ask);
    if (answer !== "again") return { answer, again };
  }
  throw new RangeError("a hundred calls have no answer");
}

/** Height up to which a stored summary holds an owner's history. */
export async function foldedUp(
  client: DynamoDBClient,
  city: CityIndex,
  script: Uint8Array,
): Promise<number | undefined> {
  const table = createDynamoTable({ client: client, table: `${city.name}-g0` });
  const item = await table.get(summaryKey(ownerPart(ownerHash(script) ?? new Uint8Array(0))));
  return item === undefined ? undefined : decodeSummary(item).up;
}

type List<Item> = (cursor: string | undefined) => Promise<Result<Page<Item>, PageFault>>;

/** All items of a list, and how many pages they came in. */
export async function allOf<Item>(list: List<Item>, from?: string) {
  const items: Item[] = [];
  let pages = 0;
  for (let cursor = from; pages === 0 || cursor !== undefined; pages++) {
    const { answer } = await patiently(() => list(cursor));
    if (!answer.ok) throw new RangeError("a page was refused");
    items.push(...answer.value.items);
    cursor = answer.value.next;
  }
  return { items, pages };
}

/** The coins of an owner as a list. */
export const coinList =
  (index: AddressIndex, script: Uint8Array, limit: number) => (cursor: string | undefined) =>
    index.coins({ script, limit, cursor });
