import { expect, it } from "vitest";
import { publishSet } from "#services/ingest/compose-publish.ts";
import { createMemorySnapshots } from "#shared/adapters/embedded/memory-snapshots.ts";
import { COUNTED_CHAIN, countedCity, setName } from "../../support/counted-city.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import { createMemoryRichList } from "../../support/memory-rich-list.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

it("publishes the same when the task is killed at any call and another one begins", async () => {
  const { city, run, take } = await countedCity();
  const before = temporaryFolder();
  await run({}, before);
  await take(COUNTED_CHAIN.slice(70));
  await run();
  const expected = await city.richList.richest(9);
  let call = 0;
  let isDone = false;
  while (!isDone) {
    call++;
    for (const when of ["before", "after"] as const) {
      const { segments } = city;
      const own = {
        snapshots: createMemorySnapshots(),
        richList: createMemoryRichList(),
        segments,
      };
      await publishSet(`${before}/set-59`, own);
      const died = await run(crashAt(own, { call, when })).then(
        () => false,
        (cause: unknown) => cause instanceof CrashError || Promise.reject(cause),
      );
      if (!died) isDone = true;
      const where = `${when} call ${call}`;
      await run(own);
      expect(await own.snapshots.names(), where).toEqual([setName(119), setName(59)]);
      expect(await own.richList.richest(9), where).toEqual(expected);
      expect(await run(own), where).toEqual({ name: setName(119), isKnown: true });
    }
  }
  process.stdout.write(`set: killed at each of ${2 * (call - 1)} calls, and run again\n`);
  expect(call).toBeGreaterThan(10);
});
