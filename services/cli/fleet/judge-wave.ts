import { type CityVerdict, judgeFleet } from "#shared/fleet/judge-fleet.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { CityLook, CitySaying } from "./deploy-ports.ts";

/** A wave at the end of its bake, and who it is compared with. */
export interface WaveReadings {
  /** Release that the wave was brought to. */
  readonly version: string;
  readonly wave: readonly CityLook[];
  /** All other cities of the fleet; those that cannot be relied on are left out here. */
  readonly others: readonly CitySaying[];
}

/**
 * Whether every city of a wave is ready, of the version, and of one mind with the wave and with the rest
 * of the fleet. Those that run another release have the say: were they counted together with cities
 * that run this one, a release that follows another chain would be right as soon as most have it.
 *
 * @returns what is wrong
 * @source cloud.md 10, 11
 */
export function judgeWave(
  { version, wave, others }: WaveReadings,
  now: UnixSeconds,
): string | undefined {
  const older = wave.find((look) => look.version !== version);
  if (older !== undefined) return `${older.city}: it runs ${older.version ?? "no known version"}`;
  const known = reliable(others);
  const together = judgeFleet([...wave, ...known], now).cities.slice(0, wave.length);
  const rest = known.filter((one) => one.version !== version);
  for (const [at, look] of wave.entries()) {
    const { cities, groups } = judgeFleet([look, ...(rest.length > 0 ? rest : known)], now);
    for (const verdict of [together[at], cities[0]]) {
      const complaint = verdict && complaintOf(verdict);
      if (complaint !== undefined) return complaint;
    }
    const isAlone = known.length > 0 && !groups.flat().some((city) => city !== look.city);
    if (isAlone) return `${look.city}: its tip is too far above all others to be compared`;
  }
  return undefined;
}

/** Who may be compared with: who is out of rotation by its own word is loading, say, or behind. */
export function reliable(others: readonly CitySaying[]): readonly CitySaying[] {
  return others.filter(
    ({ answer }) =>
      answer?.tip !== undefined &&
      // A tip may be old everywhere.
      !answer.reasons.some(({ name, out }) => out && name !== "stale"),
  );
}

function complaintOf({ city, ready, reasons }: CityVerdict): string | undefined {
  const differs = reasons.some(({ name }) => name === "split" || name === "state-split");
  if (ready && !differs) return undefined;
  return `${city}: ${reasons.map(({ name, text }) => `${name}, ${text}`).join("; ")}`;
}
