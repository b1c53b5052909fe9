import type { Clock } from "#shared/ports/clock.ts";
import type { Log } from "#shared/ports/log.ts";
import { inSpan, type TraceSettings, type Traces } from "#shared/ports/traces.ts";
import { lazy } from "#shared/primitives/lazy.ts";

/** What traces are kept with. */
export interface TracesDeps {
  readonly clock: Pick<Clock, "elapsedMs">;
  readonly log: Pick<Log, "warn">;
}

/**
 * Traces whose SDK is loaded by the first span: whoever builds a process waits for none of it.
 * @returns `undefined` without settings: nothing is traced
 */
export function createLateTraces(
  settings: TraceSettings | undefined,
  deps: TracesDeps,
): Traces | undefined {
  if (settings === undefined) return undefined;
  let isOpened = false;
  const opened = lazy(async () => {
    isOpened = true;
    try {
      const { createOtelTraces } = await import("./otel-traces.ts");
      return createOtelTraces(settings, deps);
    } catch (cause) {
      // An installation without the SDK does what it is there for, and says what it does not.
      const reason = cause instanceof Error ? cause.message : String(cause);
      deps.log.warn("EXOS-E8150", "traces cannot be kept: spans are lost, and nothing else", {
        reason,
      });
      return undefined;
    }
  });
  return {
    span: async (start, work) => inSpan(await opened(), start, work),
    async flush() {
      if (isOpened) await (await opened())?.flush();
    },
  };
}
