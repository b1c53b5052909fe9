import { afterEach, describe, expect, it, vi } from "vitest";
import { parseTaskArguments } from "#services/ingest/city/task-arguments.ts";
import { runTask } from "#services/ingest/compose-task.ts";

/** Of a city that is nowhere. */
const ENVIRONMENT = {
  EXOS_ENVIRONMENT: "prod",
  EXOS_CITY: "lon",
  EXOS_NETWORK: "exos",
  EXOS_TABLE_CHAIN: "exos-prod-syd-chain",
  EXOS_TABLE_COINS: "exos-prod-lon-coins",
  EXOS_TABLE_INDEX: "exos-prod-lon-index",
  EXOS_BUCKET_CHAIN: "exos-prod-lon-000000000000-chain",
  EXOS_TOPIC_FOLLOW: "arn:aws:sns:eu-west-2:000000000000:exos-prod-lon-follow",
};

afterEach(() => void vi.restoreAllMocks());

/** @returns the exit code, and the fields of the last line */
async function ended(environment: Readonly<Record<string, string>>) {
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  const given = parseTaskArguments(["load", "--snapshot"], {});
  if (typeof given === "string") throw new RangeError(given);
  const exit = await runTask(given, environment, new AbortController().signal);
  return { exit, ...JSON.parse(lines.at(-1) ?? "") };
}

describe("a task that cannot go on", () => {
  it("says that a table is another city's, and asks nobody", async () => {
    const said = await ended(ENVIRONMENT);
    expect(said).toMatchObject({ exit: 1, code: "EXOS-E8101", city: "lon", service: "load" });
    expect(said.msg).toContain(
      'EXOS_TABLE_CHAIN is "exos-prod-syd-chain", which is not of exos-prod-lon',
    );
  });

  it("says where a bug of ours is, in a line like every other", async () => {
    const environment = { ...ENVIRONMENT };
    Object.defineProperty(environment, "EXOS_NETWORK", {
      get() {
        throw new TypeError("not a function");
      },
    });
    expect(await ended(environment)).toMatchObject({
      exit: 1,
      level: "error",
      code: "EXOS-E9001",
      err: expect.stringMatching(/TypeError: not a function\n.*compose-task\.test/),
    });
  });
});
