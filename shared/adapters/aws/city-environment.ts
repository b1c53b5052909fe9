import { StoreFault } from "#shared/ports/store-fault.ts";
import { TRACE_ENDPOINT } from "#shared/ports/traces.ts";
import { RELEASE_NAME } from "#shared/primitives/release-name.ts";

const name = /^.{1,255}$/;
const arn = /^arn:/;
const url = { test: (value: string) => URL.canParse(value) };

/**
 * What each variable looks like that a function or task of a city may be given: names, no secrets. Each
 * start reads some before all else, so they are told without zod, a quarter of what it would compile.
 */
const VARIABLES = {
  /** Of the deployment, such as `prod` or `local`. */
  EXOS_ENVIRONMENT: /^[a-z][a-z0-9]{0,15}$/,
  /** Three letters of `regions/`. */
  EXOS_CITY: /^[a-z]{3}$/,
  /** As `exos network list` has it. */
  EXOS_NETWORK: name,
  EXOS_TABLE_CHAIN: name,
  /** Up to the generation: `-g<n>` follows. */
  EXOS_TABLE_COINS: name,
  /** Up to the generation: `-g<n>` follows. */
  EXOS_TABLE_INDEX: name,
  EXOS_TABLE_POOL: name,
  EXOS_BUCKET_CHAIN: name,
  EXOS_QUEUE_BLOCKS: url,
  EXOS_QUEUE_CONNECT: url,
  EXOS_QUEUE_TRANSACTIONS: url,
  EXOS_QUEUE_ANNOUNCE: url,
  /** Both dead-letter queues, `dead` and `dead.fifo`. */
  EXOS_QUEUE_DEAD: url,
  EXOS_QUEUE_DEAD_FIFO: url,
  /** ARN of the topic `follow`. */
  EXOS_TOPIC_FOLLOW: arn,
  /** ARN of the topic that alarms and notices go to. */
  EXOS_TOPIC_ALARMS: arn,
  /** Name of the function `stake.sign`. */
  EXOS_FUNCTION_SIGN: name,
  /** ARN of the staking key. */
  EXOS_KEY_STAKE: arn,
  /** The only address that the staking key's money may go to. */
  EXOS_SWEEP_ADDRESS: /^[0-9A-Za-z]{1,112}$/,
  /** `cluster/service` of the task `ingest`; a cluster is called as its city. */
  EXOS_SERVICE_INGEST: /^[^/]+\/[^/]+$/,
  /** `cluster/service` of the task that replays what the city began with. */
  EXOS_SERVICE_REPLAY: /^[^/]+\/[^/]+$/,
  /** Of what is deployed, as the deployment named it. */
  EXOS_RELEASE: RELEASE_NAME,
  /** Hosted zone of the name under which other nodes find the city. */
  EXOS_SEED_ZONE: /^[A-Z0-9]{1,32}$/,
  /** That name, such as `syd.seed.exos.example`. */
  EXOS_SEED_NAME:
    /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
  /** IPv4 addresses that the city has whichever task runs: what the name points at. */
  EXOS_SEED_ADDRESSES: /^\d{1,3}(\.\d{1,3}){3}(,\d{1,3}(\.\d{1,3}){3})*$/,
  /** Codes of every city, in a city that watches the fleet: `syd,lon`. */
  EXOS_FLEET_CITIES: /^[a-z]{3}(,[a-z]{3})*$/,
  /** Where the fleet answers, such as `https://exos.example`. */
  EXOS_FLEET_ORIGIN: url,
  /** ARN of the edge's KeyValueStore. */
  EXOS_EDGE_STORE: arn,
  /** Bucket of what pages load. */
  EXOS_BUCKET_WEB: name,
  /** `whole` where whoever calls a function hands on nothing of an answer before its end. */
  EXOS_ANSWERS: /^whole$/,
  /** Base of an OTLP endpoint over HTTP, where the city is traced. */
  EXOS_TRACES: TRACE_ENDPOINT,
  /** How many of a hundred traces are recorded there. */
  EXOS_TRACES_PERCENT: /^(100|[1-9]?\d)$/,
  /** Path below which a city's secrets stand, such as `/exos/prod/syd`. */
  EXOS_SECRETS: /^\//,
} as const satisfies Readonly<Record<string, { test(value: string): boolean }>>;

/** A variable of a city's function or task. */
export type CityVariable = keyof typeof VARIABLES;

/** Every one of them. */
export const CITY_VARIABLES = Object.keys(VARIABLES) as CityVariable[];

type Environment = Readonly<Record<string, string | undefined>>;

/** What a table, queue, bucket, topic, function or cluster is called: the rest is where it is. */
const NAMING = /^EXOS_(TABLE|QUEUE|FUNCTION|SERVICE)_|^EXOS_BUCKET_CHAIN$|^EXOS_TOPIC_/;
const NAME = /[^/:]+$/;
const CLUSTER = /^[^/]+/;

/**
 * How the names of the city begin whose variables these are; `undefined` where they do not say. An
 * endpoint of one's own has cities of \`local\` alone, and what runs there may be told that it is
 * elsewhere, as whoever rehearses a door with a lock does.
 *
 * @source cloud.md 2, 3, 5.1
 */
function prefixesOf({ EXOS_ENVIRONMENT, EXOS_CITY }: Environment): readonly string[] | undefined {
  if (EXOS_ENVIRONMENT === undefined || EXOS_CITY === undefined) return undefined;
  return [EXOS_ENVIRONMENT, "local"].map((environment) => `exos-${environment}-${EXOS_CITY}`);
}

/** Whether something that is named is another city's. */
function isForeign(name: CityVariable, value: string, prefixes: readonly string[]): boolean {
  if (!NAMING.test(name)) return false;
  const isCluster = name.startsWith("EXOS_SERVICE_");
  const [called = ""] = (isCluster ? CLUSTER : NAME).exec(value) ?? [];
  return !prefixes.some((own) => (isCluster ? called === own : called.startsWith(`${own}-`)));
}

/**
 * The variables that one composition root asks for. What they name has to be of the city that they
 * name: over the tables of another one, everything would work, and be told as of this one.
 *
 * @throws StoreFault `EXOS-E8101` that names each one that is missing, malformed or of another city
 */
export function readCityEnvironment<Wanted extends CityVariable>(
  environment: Environment,
  wanted: readonly Wanted[],
): Readonly<Record<Wanted, string>> {
  const found: Partial<Record<CityVariable, string>> = {};
  const bad: string[] = [];
  const prefixes = prefixesOf(environment);
  for (const name of wanted) {
    const value = environment[name];
    if (value === undefined) bad.push(`${name} is missing`);
    else if (!VARIABLES[name].test(value)) bad.push(`${name} is malformed: "${value}"`);
    else if (prefixes === undefined || !isForeign(name, value, prefixes)) found[name] = value;
    else bad.push(`${name} is "${value}", which is not of ${prefixes[0]}`);
  }
  // Each wanted name was put in, or is in the list.
  if (bad.length === 0) return found as Record<Wanted, string>;
  throw new StoreFault(`The environment of this part of the city is wrong: ${bad.join("; ")}.`, {
    retryable: false,
    code: "EXOS-E8101",
  });
}
