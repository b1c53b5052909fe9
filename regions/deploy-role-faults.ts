import type { City } from "./city.ts";
import type { Deployment, DeployRoles } from "./deployment.ts";
import { ENVIRONMENTS, type EnvironmentName } from "./environment.ts";
import { citiesOf } from "./fleet.ts";

const FIELDS = ["issuer", "audience", "subjects", "known"];
/** As IAM takes the address of an issuer: no port, no question, no slash at its end. */
const ISSUER = /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+(\/[\w.~-]+)*$/;
/** Letters that IAM compares as they are: `*` and `?` stand for others, `$` begins a variable. */
const EXACT = /^[^*?$\s]{1,255}$/;

/**
 * What is wrong with who may deploy an environment by a pipeline, a sentence each, naming the field;
 * none where there is no entry.
 *
 * @param cities of the environment
 * @source cloud.md 9.1
 */
export function deployRoleFaults(
  deployment: Pick<Deployment, "deployRoles">,
  environment: EnvironmentName,
  cities: readonly City[] = citiesOf(environment),
): string[] {
  const strangers = Object.keys(deployment.deployRoles)
    .filter((name) => !(name in ENVIRONMENTS))
    .map((name) => `deployRoles.${name}: no such environment; there are prod and test`);
  const entry = deployment.deployRoles[environment];
  if (entry === undefined) return strangers;
  const at = `deployRoles.${environment}`;
  if (!ENVIRONMENTS[environment].protected) {
    return [...strangers, `${at}: no pipeline deploys to an endpoint on this machine`];
  }
  const faults = [...fieldFaults(entry), ...subjectFaults(entry.subjects, wavesOf(cities))];
  return [
    ...strangers,
    ...faults.map((fault) => `${at}.${fault}`),
    ...placeFaults(cities).map((fault) => `${at}: ${fault}`),
  ];
}

const wavesOf = (cities: readonly City[]): readonly number[] =>
  [...new Set(cities.map(({ wave }) => wave))].toSorted((a, b) => a - b);

function fieldFaults(entry: DeployRoles): string[] {
  const faults = Object.keys(entry)
    .filter((name) => !FIELDS.includes(name))
    .map((name) => `${name}: no such field; there are ${FIELDS.join(", ")}`);
  const { issuer, audience, known } = entry;
  if (!(isText(issuer) && ISSUER.test(issuer) && issuer.length <= 255)) {
    faults.push(
      "issuer: https:// and a name, perhaps a path, of at most 255 letters; no port, no slash at its end",
    );
  }
  if (!isExact(audience)) faults.push(`audience: ${ONE}`);
  if (known !== undefined && known !== true) faults.push("known: true, or left out");
  return faults;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isExact = (value: unknown): boolean => isText(value) && EXACT.test(value);
const ONE = "one, letter by letter, of at most 255, without space, *, ? and $";

/** Every wave has a subject of its own: who is trusted with two could deploy the second first. */
function subjectFaults(given: DeployRoles["subjects"], waves: readonly number[]): string[] {
  if (typeof given !== "object" || given === null) return ["subjects: one for each wave"];
  const subjects = new Map(Object.entries(given));
  const faults = waves
    .filter((wave) => !subjects.has(String(wave)))
    .map((wave) => `subjects.${wave}: who deploys wave ${wave}`);
  const known = new Map<string, string>();
  for (const [wave, subject] of subjects) {
    const first = known.get(subject);
    if (!waves.includes(Number(wave))) {
      faults.push(`subjects.${wave}: no such wave; there are ${waves.join(", ")}`);
    } else if (!isExact(subject)) faults.push(`subjects.${wave}: ${ONE}`);
    else if (first !== undefined) faults.push(`subjects.${wave}: the same as subjects.${first}`);
    known.set(subject, wave);
  }
  return faults;
}

/** What the names of the CDK's own roles do not tell apart. */
function placeFaults(cities: readonly City[]): string[] {
  const faults: string[] = [];
  const first = new Map<string, City>();
  for (const city of cities) {
    if (city.host.kind !== "aws") continue;
    const { region } = city.host;
    const other = first.get(region) ?? city;
    first.set(region, other);
    if (other.wave !== city.wave) {
      faults.push(
        `${other.code} and ${city.code} share ${region}, where who deploys one wave deploys the other`,
      );
    }
  }
  return faults;
}
