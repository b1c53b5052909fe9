import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSweep, type SweepDeps } from "#services/ingest/watch/sweep.ts";
import { createSnsOperators } from "#shared/adapters/aws/sns-operators.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import type { CityAnswer } from "#shared/fleet/judge-fleet.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { type LocalQueues, startLocalQueues } from "../../support/aws/local-queues.ts";

const NOW = unixSeconds(1_800_000_000);
const CITIES = ["syd", "lon", "sin"];
let queues: LocalQueues;

beforeAll(async () => {
  queues = await startLocalQueues();
});
afterAll(() => queues[Symbol.asyncDispose]());

/** A chain is a letter, and so is what its coins come to. */
function answer({ chain = "a", coins = "0", height = 100 } = {}): CityAnswer {
  // Brands of test data: sixty-four digits that tell height and chain.
  const hashAt = (at: number) => `${chain}${String(at).padStart(63, "0")}` as HashHex;
  const recent = Array.from({ length: 16 }, (_, back) => hashAt(height - back));
  const muhash = coins.repeat(64) as HashHex;
  return { reasons: [], tip: { height, hash: hashAt(height), muhash, recent } };
}

/** What somebody reads who subscribed to the topic of alarms. */
function subscribe(name: string) {
  const mail = queues.createQueue();
  const { topicArn } = queues.server.createTopic(name);
  queues.server.subscribe({ topic: name, queue: mail.name });
  const operators = createSnsOperators({ client: queues.sns, topicArn, city: "lon" });
  const mailed = async (): Promise<{ Subject: string; Message: string }[]> => {
    const asked = { QueueUrl: mail.url, MaxNumberOfMessages: 10 };
    const { Messages = [] } = await queues.sqs.send(new ReceiveMessageCommand(asked));
    return Messages.map(({ Body = "" }) => JSON.parse(Body));
  };
  return { operators, mailed };
}

function fleet(name: string, change: Partial<SweepDeps> = {}) {
  const { operators, mailed } = subscribe(name);
  const answers = new Map<string, CityAnswer | undefined>(CITIES.map((city) => [city, answer()]));
  const log = createMemoryLog();
  const deps: SweepDeps = {
    asker: { ask: async (city) => answers.get(city) },
    board: {
      vector: async () => undefined,
      putVector: async () => undefined,
      putPicture: async () => undefined,
    },
    cities: CITIES,
    ...{ environment: "test", operators, log, ...change },
  };
  return { answers, deps, log, mailed, sweep: createSweep(deps) };
}

describe("cities that begin to differ from the others", () => {
  it("are mailed once with who follows whom, and again when they agree", async () => {
    const { answers, sweep, log, mailed } = fleet("once");
    let seen = await sweep([], NOW);
    expect(await mailed()).toEqual([]);
    answers.set("sin", answer({ coins: "1" }));
    for (let minute = 0; minute < 3; minute++) seen = await sweep(seen, NOW);
    expect(seen.map(({ differs }) => differs)).toEqual([[], [], ["state-split"]]);
    const [first, ...more] = await mailed();
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      Subject: "EXOS-E8141 lon: cities at one block have different coins",
      Message: expect.stringContaining("sin: state-split, leaves rotation") as string,
    });
    expect(first?.Message).toContain("exos fleet load <city> --refill");
    expect(first?.Message).toContain("exos fleet status --groups --environment test, then");
    const facts = { sin: "state-split, leaves rotation", groups: "syd lon sin" };
    expect(log.records).toMatchObject([{ level: "error", code: "EXOS-E8141", fields: facts }]);

    // Its own chain besides: a change.
    answers.set("sin", answer({ chain: "c", coins: "1" }));
    seen = await sweep(seen, NOW);
    expect(await mailed()).toMatchObject([
      { Message: expect.stringContaining("groups: syd lon | sin") as string },
    ]);
    answers.set("sin", answer());
    for (let minute = 0; minute < 2; minute++) seen = await sweep(seen, NOW);
    const agree = expect.stringContaining(
      "exos fleet status --groups --environment test",
    ) as string;
    expect(await mailed()).toMatchObject([{ Subject: "lon: cities agree again", Message: agree }]);
    expect(seen.every(({ differs }) => differs.length === 0)).toBe(true);
  });

  it("are not taken to agree by one sweep that could not compare them", async () => {
    const { answers, sweep, mailed } = fleet("silent");
    answers.set("sin", answer({ coins: "1" }));
    let seen = await sweep([], NOW);
    expect(await mailed()).toHaveLength(1);
    for (const next of [undefined, answer({ coins: "1", height: 101 }), answer({ coins: "1" })]) {
      answers.set("sin", next);
      seen = await sweep(seen, NOW);
      expect(seen.at(-1)?.differs).toEqual(["state-split"]);
    }
    expect(await mailed()).toEqual([]);
  });

  it("are not mailed again by another process, nor where nothing else can be written", async () => {
    const { answers, deps, mailed } = fleet("again");
    answers.set("sin", answer({ chain: "c" }));
    const seen = await createSweep(deps)([], NOW);
    await createSweep(deps)(seen, NOW);
    expect(await mailed()).toMatchObject([
      { Subject: "EXOS-E8142 lon: cities follow different chains" },
    ]);
    const putPicture = async () => {
      throw new StoreFault("no bucket", { retryable: true });
    };
    const writeless = createSweep({ ...deps, board: { ...deps.board, putPicture } });
    answers.set("sin", answer());
    for (let minute = 0; minute < 3; minute++) {
      await expect(writeless(seen, NOW)).rejects.toThrow("no bucket");
    }
    expect(await mailed()).toHaveLength(1);
  });

  it("are mailed by a later sweep where the topic did not take it, and no sweep fails by that", async () => {
    const { operators, mailed } = subscribe("later");
    let isThere = false;
    const absent = createSnsOperators({
      client: queues.sns,
      topicArn: "arn:aws:sns:us-east-1:000000000000:no-such-topic",
      city: "lon",
    });
    const { answers, sweep, log } = fleet("elsewhere", {
      operators: { tell: (notice) => (isThere ? operators : absent).tell(notice) },
    });
    answers.set("sin", answer({ coins: "1" }));
    let seen = await sweep([], NOW);
    expect(log.records.map(({ code }) => code)).toEqual(["EXOS-E8141", "EXOS-E8102"]);
    isThere = true;
    for (let minute = 0; minute < 2; minute++) seen = await sweep(seen, NOW);
    expect(await mailed()).toHaveLength(1);
  });
});
