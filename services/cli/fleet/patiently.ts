import { StoreFault } from "#shared/ports/store-fault.ts";
import type { WaveDeps } from "./wave-engine.ts";

/** What somebody waits with. */
export interface PatienceDeps {
  /** @param milliseconds until the next try; rejects where the operator wants to stop */
  pause(milliseconds: number): Promise<unknown>;
  say(line: string): void;
}

/** A second more before each try, up to a quarter of a minute: three minutes, and a record is held for five. */
const TRIES_MAX = 20;
const STEP_MS = 1_000;
const PAUSE_MS_MAX = 15_000;

/**
 * Ask again where AWS throttles or a line is down for a while: what is waited for takes hours, and
 * goes on meanwhile without anybody who watches it.
 *
 * @param ask may be repeated
 * @throws what it throws that does not pass, or not in time
 */
export async function patiently<T>(ask: () => Promise<T>, deps: PatienceDeps): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (cause) {
      if (!(cause instanceof StoreFault) || !cause.retryable || tries === TRIES_MAX) throw cause;
      if (tries === 1) deps.say(`asked again, since ${cause.message}`);
    }
    await deps.pause(Math.min(STEP_MS * tries, PAUSE_MS_MAX));
  }
}

/** The same ports, each of whose calls is made patiently. */
export function patientPorts<Deps extends WaveDeps>(deps: Deps): Deps {
  const { record, deployments, health, clock, signal, say } = deps;
  const pause = (milliseconds: number) => clock.sleep(milliseconds, signal);
  const patient = <T>(ask: () => Promise<T>) => patiently(ask, { pause, say });
  return {
    ...deps,
    record: {
      read: () => patient(() => record.read()),
      // One that had arrived is refused the second time, and known by what it says.
      write: (state, tag) => patient(() => record.write(state, tag)),
    },
    deployments: {
      look: (city) => patient(() => deployments.look(city)),
      deploy: (city, version) => patient(() => deployments.deploy(city, version)),
    },
    health: {
      look: (cities) => patient(() => health.look(cities)),
      askOthers: (than) => patient(() => health.askOthers(than)),
    },
  };
}
