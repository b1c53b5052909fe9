import type { BeatingService, Heartbeat, Heartbeats } from "#shared/ports/heartbeats.ts";

/** Signs of life inside one process. */
export function createMemoryHeartbeats(): Heartbeats {
  const last = new Map<BeatingService, Heartbeat>();
  return {
    async beat(heartbeat) {
      last.set(heartbeat.service, heartbeat);
    },
    all: async () => [...last.values()],
  };
}
