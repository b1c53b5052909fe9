/** What a case of a contract suite may need of the endpoint it runs on. @source cloud.md 14.1 */
export const NEEDS = [
  /** ImportTable of DynamoDB. */
  "import-table",
  /** Deduplication of FIFO queues by message group. */
  "deduplication-by-group",
  /** Several messages of one group in one batch of a FIFO queue. */
  "group-batches",
  /** StartMessageMoveTask. */
  "move-task",
  /** An answer to the same as to what it does not know. */
  "unknown-move-task",
  /** A topic that invokes a function. */
  "topic-to-function",
  /** `If-None-Match: *` and `If-Match` of what is put into S3. */
  "conditional-objects",
  /** S3's DeleteObject takes `If-Match`, whether it heeds it or, as without the above, does not. */
  "conditional-deletes",
  /** KMS with secp256k1. */
  "sign-secp256k1",
  /** ConsumedCapacity as DynamoDB counts it. */
  "capacity",
  /** The same of keys of a batch that are not there, which cost as much as those that are. */
  "capacity-of-absent",
  /** Pages of a query or a scan that end at 1 MB. */
  "page-limits",
] as const;
export type Need = (typeof NEEDS)[number];

/** Something that answers like AWS. */
export interface EndpointTraits {
  readonly name: string;
  readonly has: ReadonlySet<Need>;
}

const without = (...needs: readonly Need[]): ReadonlySet<Need> =>
  new Set(NEEDS.filter((need) => !needs.includes(need)));

/** The endpoints that are known, by name. @source cloud.md 14.1, the table of endpoints */
export const ENDPOINTS: Readonly<Record<string, EndpointTraits>> = {
  dynalite: {
    name: "dynalite",
    has: new Set<Need>(["capacity", "capacity-of-absent", "page-limits"]),
  },
  fauxqs: { name: "fauxqs", has: new Set<Need>(["unknown-move-task", "conditional-deletes"]) },
  ministack: { name: "ministack", has: without("move-task", "capacity", "capacity-of-absent") },
  localstack: {
    name: "localstack",
    has: without(
      ...([
        "import-table",
        "capacity-of-absent",
        "unknown-move-task",
        "topic-to-function",
        "conditional-deletes",
      ] as const),
    ),
  },
  "dynamodb-local": { name: "dynamodb-local", has: new Set<Need>(["capacity", "page-limits"]) },
};

/**
 * An endpoint given by the environment.
 *
 * @throws RangeError when it is not known what it can do
 */
export function traitsOf(name: string | undefined): EndpointTraits {
  const traits = ENDPOINTS[name ?? ""];
  if (traits !== undefined) return traits;
  throw new RangeError(
    `AWS_ENDPOINT_URL is set: say in EXOS_TEST_ENDPOINT what it is, one of ${Object.keys(ENDPOINTS).join(", ")}`,
  );
}
