import type { OptionSpec } from "#services/cli/command.ts";

/** What can be said behind the verbs of a fleet; each verb names those that it takes. */
export const FLEET_OPTIONS = {
  environment: {
    kind: "text",
    meaning: "prod, test or local: prod unless said; of status, the fleet of this process",
  },
  city: { kind: "text", meaning: "three letters of a city, several with commas between" },
  wave: { kind: "integer", meaning: "cities of one wave alone, 0 to 3" },
  release: { kind: "text", meaning: "name of what is deployed: a stored one is deployed again" },
  image: {
    kind: "text",
    meaning: "digest, sha256:…, of an image that stands in every repository already",
  },
  "release-key": {
    kind: "text",
    meaning: "file with the private half of releaseKey: cities outside AWS follow what it signs",
  },
  serial: {
    kind: "integer",
    meaning: "a machine made anew follows its channel from this serial on, which its bucket tells",
  },
  groups: { kind: "boolean", meaning: "who follows the same chain to the same coins, and no more" },
  bake: { kind: "integer", meaning: "seconds for which each wave is watched: 1200 unless said" },
  abandon: {
    kind: "boolean",
    meaning: "give up a deployment of another release that was killed half way",
  },
  refill: {
    kind: "boolean",
    meaning: "forget the city's chain, which ended elsewhere; wants --confirm",
  },
  from: {
    kind: "text",
    meaning: "begin with what this city published, if three counted the same; or with genesis",
  },
  trust: {
    kind: "text",
    meaning: "with --from: set hash of the snapshot that you vouch for yourself",
  },
  snapshot: {
    kind: "boolean",
    meaning: "publish the set of the city's own tables, and load nothing",
  },
  "dry-run": { kind: "boolean", meaning: "say what would go, and delete nothing" },
  block: { kind: "text", meaning: "lines about one block, by its height or hash" },
  function: { kind: "text", meaning: "lines of one function, or of ingest" },
  since: { kind: "text", meaning: "90m, 6h, 2d, or a time; 1h unless said" },
  lines: { kind: "integer", meaning: "so many of the newest; 200 unless said" },
  confirm: {
    kind: "text",
    meaning: "the city's letters, or the secret's name, once more: for what cannot be undone",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The name of one of them. */
export type FleetOption = keyof typeof FLEET_OPTIONS;
