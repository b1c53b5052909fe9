import { describe, expect, it } from "vitest";
import { type DrivenQueue, pollQueue } from "#services/cli/cloud/drive/poll-queue.ts";
import type { DrivenMessage } from "#services/cli/cloud/drive/settle-batch.ts";

const message = (id: string): DrivenMessage => ({ id, receipt: id, body: "", attributes: {} });

/** Gives these batches, and then says stop; a batch that is an error is thrown. */
function queueOf(batches: readonly (readonly string[] | Error)[], stop: AbortController) {
  const waiting = [...batches];
  const forgotten: string[] = [];
  const asked: number[] = [];
  const queue: DrivenQueue = {
    async receive(max) {
      asked.push(max);
      const next = waiting.shift();
      if (waiting.length === 0) stop.abort();
      if (next instanceof Error) throw next;
      return (next ?? []).map(message);
    },
    async forget(messages) {
      forgotten.push(...messages.map(({ id }) => id));
    },
  };
  return { queue, forgotten, asked };
}

function poll(
  batches: readonly (readonly string[] | Error)[],
  run: (messages: readonly DrivenMessage[]) => Promise<readonly DrivenMessage[]>,
) {
  const stop = new AbortController();
  const made = queueOf(batches, stop);
  const faults: string[] = [];
  const paused = { times: 0 };
  const ended = pollQueue({
    queue: made.queue,
    batchSize: 7,
    signal: stop.signal,
    run,
    onFault: (cause) => faults.push(String(cause)),
    pause: async () => {
      paused.times++;
    },
  });
  return ended.then(() => ({ ...made, faults, paused: paused.times }));
}

describe("a poller", () => {
  it("lets the queue forget what the function handled, and nothing else", async () => {
    const seen: string[] = [];
    const { forgotten, asked } = await poll([["1", "2"], [], ["3"]], async (messages) => {
      seen.push(messages.map(({ id }) => id).join("+"));
      return messages.filter(({ id }) => id !== "2");
    });
    expect(seen).toEqual(["1+2", "3"]);
    expect(forgotten).toEqual(["1", "3"]);
    expect(asked).toEqual([7, 7, 7]);
  });

  it("leaves a batch whose run failed to the queue, and goes on", async () => {
    const { forgotten, faults, paused } = await poll([["1"], ["2"]], async (messages) => {
      if (messages[0]?.id === "1") throw new RangeError("no");
      return messages;
    });
    expect(forgotten).toEqual(["2"]);
    expect(faults).toEqual(["RangeError: no"]);
    expect(paused).toBe(0);
  });

  it("waits before it asks a queue again that did not answer", async () => {
    const all = async (messages: readonly DrivenMessage[]) => messages;
    const { forgotten, faults, paused } = await poll([new RangeError("gone"), ["1"], []], all);
    expect(forgotten).toEqual(["1"]);
    expect(faults).toEqual(["RangeError: gone"]);
    expect(paused).toBe(1);
  });
});
