import * as z from "zod";

const Start = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("queue"),
    /** URL of the queue. */
    url: z.string(),
    /** Messages of one run, at most. */
    batchSize: z.int().positive(),
    /** Runs at once, at most. */
    runsMax: z.int().positive(),
    /** Whether the queue keeps the order of each message group. */
    ordered: z.boolean(),
  }),
  /** Hints of a topic, which hands them to a queue of this URL. */
  z.object({ kind: z.literal("topic"), url: z.string() }),
  z.object({ kind: z.literal("url") }),
  z.object({ kind: z.literal("schedule"), everySeconds: z.int().positive() }),
]);
/** What starts a function. */
export type DrivenStart = z.infer<typeof Start>;

export const DRIVEN_FUNCTION = z.object({
  /** Whole, such as `exos-local-loc-check`. */
  name: z.string(),
  /** Folder below that of the bundles, such as `check`. */
  bundle: z.string(),
  environment: z.record(z.string(), z.string()),
  timeoutSeconds: z.int().positive(),
  memoryMb: z.int().positive(),
  /** Runs at once, at most; `undefined` where nothing is said of it. */
  reserved: z.int().positive().optional(),
  /** `undefined` where it is only called by name. */
  start: Start.optional(),
});
/** One function of a city, as its template has it, with the names that the deployment gave. */
export type DrivenFunction = z.infer<typeof DRIVEN_FUNCTION>;
