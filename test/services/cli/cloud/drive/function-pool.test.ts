import { describe, expect, it } from "vitest";
import { createFunctionPool, FunctionThrottled } from "#services/cli/cloud/drive/function-pool.ts";
import type { FunctionProcess } from "#services/cli/cloud/drive/function-process.ts";

/** Processes whose runs end when they are told to. */
function processes() {
  const started: { alive: boolean; end(answer: unknown): void; die(): void }[] = [];
  const start = (): FunctionProcess => {
    let current = Promise.withResolvers<unknown>();
    const state = {
      alive: true,
      end: (answer: unknown) => current.resolve(answer),
      die: () => {
        state.alive = false;
        current.reject(new RangeError("died"));
      },
    };
    started.push(state);
    return {
      get isAlive() {
        return state.alive;
      },
      run: () => {
        current = Promise.withResolvers();
        return current.promise;
      },
      async [Symbol.asyncDispose]() {
        state.alive = false;
      },
    };
  };
  return { started, start };
}

describe("the processes of a function", () => {
  it("are as many as run at once, up to their limit, and are used again", async () => {
    const { started, start } = processes();
    await using pool = createFunctionPool(start, { processesMax: 2 });
    const runs = [pool.run(1), pool.run(2), pool.run(3)];
    await Promise.resolve();
    expect(started).toHaveLength(2);
    started[0]?.end("first");
    expect(await runs[0]).toBe("first");
    // The third waited for a process, and has the one that is free now.
    await Promise.resolve();
    started[0]?.end("third");
    expect(await runs[2]).toBe("third");
    started[1]?.end("second");
    expect(await runs[1]).toBe("second");
    expect(started).toHaveLength(2);
  });

  it("are replaced when one dies, also for whoever waited for it", async () => {
    const { started, start } = processes();
    await using pool = createFunctionPool(start, { processesMax: 1 });
    const [killed, waiting] = [pool.run(1), pool.run(2)];
    await Promise.resolve();
    started[0]?.die();
    await expect(killed).rejects.toThrow("died");
    await Promise.resolve();
    expect(started).toHaveLength(2);
    started[1]?.end("again");
    expect(await waiting).toBe("again");
    // The dead one leaves its place also where nobody waits for it.
    const last = pool.run(3);
    await Promise.resolve();
    started[1]?.die();
    await expect(last).rejects.toThrow("died");
    const next = pool.run(4);
    await Promise.resolve();
    started[2]?.end("anew");
    expect(await next).toBe("anew");
  });

  it("refuse at once what is more than may run", async () => {
    const { started, start } = processes();
    await using pool = createFunctionPool(start, { processesMax: 1, runsMax: 2 });
    const runs = [pool.run(1), pool.run(2)];
    await expect(pool.run(3)).rejects.toThrow(FunctionThrottled);
    await Promise.resolve();
    started[0]?.end("first");
    expect(await runs[0]).toBe("first");
    const third = pool.run(4);
    await Promise.resolve();
    started[0]?.end("second");
    expect(await runs[1]).toBe("second");
    await Promise.resolve();
    started[0]?.end("third");
    expect(await third).toBe("third");
  });

  it("fail a run where none can be started, and hold no place of those that may run", async () => {
    const { started, start } = processes();
    let isStarting = false;
    const startAtTimes = () => {
      if (isStarting) return start();
      throw new RangeError("no start");
    };
    await using pool = createFunctionPool(startAtTimes, { processesMax: 1, runsMax: 3 });
    for (let count = 0; count < 4; count++) await expect(pool.run(0)).rejects.toThrow("no start");
    isStarting = true;
    const ended = Promise.allSettled([pool.run(1), pool.run(2), pool.run(3)]);
    await Promise.resolve();
    isStarting = false;
    started[0]?.die();
    // Each is told what became of itself.
    const reasons = (await ended).map((one) => one.status === "rejected" && String(one.reason));
    const none = "RangeError: no start";
    expect(reasons).toEqual(["RangeError: died", none, none]);
    isStarting = true;
    const last = pool.run(4);
    await Promise.resolve();
    started[1]?.end("anew");
    expect(await last).toBe("anew");
  });
});
