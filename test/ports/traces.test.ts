import { describe, expect, it } from "vitest";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createOtelTraces } from "#shared/adapters/embedded/otel-traces.ts";
import { inSpan, type TraceSettings, type Traces } from "#shared/ports/traces.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { tracesContract } from "./traces.contract.ts";

const deps = () => ({ clock: createManualClock(unixSeconds(0)), log: createMemoryLog() });

function late(settings: TraceSettings): Traces {
  const traces = createLateTraces(settings, deps());
  if (traces === undefined) throw new RangeError("settings mean that something is traced");
  return traces;
}

describe("traces that are there", () =>
  tracesContract((settings) => createOtelTraces(settings, deps())));
describe("traces that are loaded by the first span", () => tracesContract(late));

describe("traces that nobody wants", () => {
  it("are no port, and the work is done", async () => {
    expect(createLateTraces(undefined, deps())).toBeUndefined();
    const start = { name: "x", kind: "server" } as const;
    const done = inSpan(undefined, start, async (span) => {
      span.rename("y");
      span.set({ z: 1 });
      span.fail("w");
      return span.traceparent ?? "none";
    });
    expect(await done).toBe("none");
  });
});
