/** What of a deployment differs by more than its accounts. */
export interface Environment {
  /** Chain of its cities, as `exos network list` has it. */
  readonly network: string;
  /** On which its cities listen for peers: the network's own, which tests hold it to. */
  readonly peerPort: number;
  /** Whether tables, buckets and keys outlive their stack, and stacks refuse to be deleted. */
  readonly protected: boolean;
}

/** Every deployment that there may be; its name is part of each name in AWS. @source cloud.md 14.4 */
export const ENVIRONMENTS = {
  prod: { network: "exos", peerPort: 4_562, protected: true },
  test: { network: "exos-test", peerPort: 14_562, protected: true },
  local: { network: "exos-regtest", peerPort: 15_888, protected: false },
} as const satisfies Readonly<Record<string, Environment>>;

/** Name of a deployment. */
export type EnvironmentName = keyof typeof ENVIRONMENTS;
