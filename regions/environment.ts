/** What of a deployment differs by more than its accounts. */
export interface Environment {
  /** Chain of its cities, as `exos network list` has it. */
  readonly network: string;
  /** Whether tables, buckets and keys outlive their stack, and stacks refuse to be deleted. */
  readonly protected: boolean;
}

/** Every deployment that there may be; its name is part of each name in AWS. @source cloud.md 14.4 */
export const ENVIRONMENTS = {
  prod: { network: "exos", protected: true },
  test: { network: "exos-test", protected: true },
  local: { network: "exos-regtest", protected: false },
} as const satisfies Readonly<Record<string, Environment>>;

/** Name of a deployment. */
export type EnvironmentName = keyof typeof ENVIRONMENTS;
