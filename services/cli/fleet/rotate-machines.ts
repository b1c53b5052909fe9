import type { City } from "#regions/city.ts";
import type { Deployment } from "#regions/deployment.ts";
import { originOf } from "#regions/edge-names.ts";
import { EDGE_KEY, EDGE_KEY_NEXT } from "#shared/fleet/edge-stamp.ts";
import { MACHINE_OPERATOR, MACHINE_SECRETS, NODE_USER } from "./external-city.ts";
import { readKeyLine } from "./read-key-line.ts";

/** Machines that hold the edge's key in a file, and where their operator reads it. */
export interface MachineKeys {
  readonly machines: readonly City[];
  readonly fleet: string;
  /** A city on AWS, whose parameters say it. */
  readonly first: City;
  readonly deployment: Pick<Deployment, "origins" | "zone">;
}

/** What a machine learns when it is made, and not later. */
const WITHOUT_OPERATOR =
  "Where one was rendered without an operator nobody logs in: do it in the provider's rescue system.";

/** What their operator does before the edge signs with the next key. No line holds a key. */
export function beforeLines(place: MachineKeys): readonly string[] {
  const { first, fleet } = place;
  const file = `${MACHINE_SECRETS}/${EDGE_KEY_NEXT}`;
  return [
    "Cities on AWS accept the next key. These machines must, before the edge signs with it:",
    ...hostLines(place),
    "Read it:",
    `  ${readKeyLine(fleet, first, EDGE_KEY_NEXT)}`,
    "and write it on each of them, from a file of yours:",
    `  ssh ${MACHINE_OPERATOR}@HOST sudo install -o ${NODE_USER} -m 0400 /dev/stdin ${file} <KEYFILE`,
    WITHOUT_OPERATOR,
    "A node reads it within five minutes.",
  ];
}

/** What he does once the edge signs with it. */
export function afterLines(place: MachineKeys): readonly string[] {
  if (place.machines.length === 0) return [];
  const [next, own] = [EDGE_KEY_NEXT, EDGE_KEY].map((name) => `${MACHINE_SECRETS}/${name}`);
  return [
    "These machines accept the one before it, too, until on each of them:",
    ...hostLines(place),
    `  ssh ${MACHINE_OPERATOR}@HOST sudo mv ${next} ${own}`,
    WITHOUT_OPERATOR,
  ];
}

function hostLines({ machines, deployment }: MachineKeys): readonly string[] {
  return machines.map((city) => `  ${city.code}  ${originOf(city, deployment)}`);
}
