import type { Clock } from "#shared/ports/clock.ts";
import type { CityDeployment, Deployments, ReleaseObjects } from "./deploy-ports.ts";
import {
  type Channel,
  lastSerial,
  type ReleaseKey,
  readChannel,
  writeChannel,
} from "./release-channel.ts";
import { archiveKey, findImage } from "./stored-image.ts";

/**
 * How long a machine may take to follow its channel: it looks every five minutes, fetches for half an
 * hour at most and waits ten minutes for its node. Who is elsewhere after that swapped back.
 *
 * @source update-script.ts, render-city.ts
 */
const FOLLOW_SECONDS = 300 + 60 + 1_800 + 600;

/** What cities outside AWS are deployed with. */
export interface ExternalDeps {
  readonly objects: Pick<ReleaseObjects, "get" | "put">;
  readonly key: ReleaseKey;
  /** Where the edge serves `release/`, without a slash at its end. */
  readonly origin: string;
  waveOf(city: string): number;
  /** Release that a city says it runs; `undefined` where it does not answer. */
  running(city: string): Promise<string | undefined>;
  readonly clock: Pick<Clock, "now">;
  say(line: string): void;
}

/**
 * Cities that follow the signed channel of their wave by themselves: to deploy is to publish, and to
 * roll back is to publish what was before, with a higher serial. The cities of a wave have one
 * channel, so that only a whole wave can be deployed.
 *
 * @source cloud.md 11, 12 "External city"
 */
export function createExternalDeployments(deps: ExternalDeps): Deployments {
  const { objects, key, clock, say } = deps;
  const isFollowing = ({ at }: Channel) => clock.now() - at < FOLLOW_SECONDS;
  return {
    async look(city): Promise<CityDeployment> {
      const channel = await readChannel(deps.waveOf(city), key, objects);
      const version = await deps.running(city);
      if (channel === undefined) {
        return version === undefined ? { state: "absent" } : { state: "settled", version };
      }
      if (channel.version === version) return { state: "settled", version };
      // A city that runs anything else than its channel says would go there by itself, some day.
      if (!isFollowing(channel)) return { state: "settled", version: undefined };
      const now = version === undefined ? "it does not answer" : `it runs ${version}`;
      return { state: "busy", what: `${now}, its channel says ${channel.version}` };
    },
    async deploy(city, version) {
      const wave = deps.waveOf(city);
      const channel = await readChannel(wave, key, objects);
      if (channel?.version === version && isFollowing(channel)) return;
      const archive = (await findImage(version, objects))?.archive;
      if (archive === undefined) {
        say(`${city}: ${version} has no image for machines outside AWS`);
        return;
      }
      const at = clock.now();
      const serial = Math.max(at, (await lastSerial(wave, objects)) + 1);
      const { sha256, bytes } = archive;
      const image = { url: `${deps.origin}/${archiveKey(archive)}`, sha256, bytes };
      await writeChannel(wave, { serial, version, at, image }, { key, objects });
      say(`channel ${wave} says ${version}`);
    },
  };
}
