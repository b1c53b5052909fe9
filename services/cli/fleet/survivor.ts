/** Whatever there may be of a city besides its stacks, by its kind. */
export const SURVIVOR_KINDS = [
  "table",
  "bucket",
  "repository",
  "staking key",
  "secret",
  "log group",
  "address",
] as const;
export type SurvivorKind = (typeof SURVIVOR_KINDS)[number];

/** One of them: `name` as the service has it, of a key its ARN. */
export interface Survivor {
  readonly kind: SurvivorKind;
  readonly name: string;
}
