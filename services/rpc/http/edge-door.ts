import { createHmac, timingSafeEqual } from "node:crypto";
import type { EdgeDoor } from "#services/rpc/deps.ts";
import type { Refusal } from "#services/rpc/problems.ts";
import {
  CLIENT_HEADER,
  EDGE_HEADER,
  EDGE_KEY,
  EDGE_KEY_NEXT,
  edgeStampText,
} from "#shared/fleet/edge-stamp.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { SECRET_SECONDS, type Secrets } from "#shared/ports/secrets.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** Seconds that a stamp is good for, before and after: clocks differ, and queues take time. */
const STAMP_SECONDS = 300;
const STAMP = /^(\d{1,12})\.([0-9a-f]{64})$/;

interface EdgeDoorDeps {
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/**
 * The door of a city behind the edge: answers what carries a fresh stamp under either of the two
 * keys that hold during a rotation. @source cloud.md 7.3
 */
export function createEdgeDoor(deps: EdgeDoorDeps): EdgeDoor {
  const keys = rememberKeys(deps);
  return {
    async check(headers) {
      const [, unix, stamp] = STAMP.exec(headers.get(EDGE_HEADER) ?? "") ?? [];
      if (unix === undefined || stamp === undefined) return refuse("is missing or malformed");
      if (Math.abs(deps.clock.now() - Number(unix)) > STAMP_SECONDS) return refuse("is too old");
      const text = edgeStampText(Number(unix), headers.get(CLIENT_HEADER) ?? "");
      const given = Buffer.from(stamp, "hex");
      const fits = (await keys()).map((key) =>
        timingSafeEqual(createHmac("sha256", key).update(text).digest(), given),
      );
      return fits.includes(true) ? undefined : refuse("is under no key of this city");
    },
  };
}

function refuse(what: string): Refusal {
  return { code: "EXOS-E4032", detail: `The header ${EDGE_HEADER} ${what}` };
}

/** A key that could be read once is used on while the store of secrets does not answer. */
function rememberKeys({ secrets, clock }: EdgeDoorDeps): () => Promise<readonly string[]> {
  let known: readonly string[] | undefined;
  let readMs = 0;
  return async () => {
    const now = clock.elapsedMs();
    if (known !== undefined && now - readMs < SECRET_SECONDS * 1000) return known;
    try {
      const read = await Promise.all([secrets.get(EDGE_KEY), secrets.get(EDGE_KEY_NEXT)]);
      const keys = read.filter((key): key is string => key !== undefined && key !== "");
      known = keys;
      readMs = now;
      return keys;
    } catch (fault) {
      // Nothing is lost: the keys of five minutes ago hold during any rotation.
      if (known === undefined || !(fault instanceof StoreFault)) throw fault;
      return known;
    }
  };
}
