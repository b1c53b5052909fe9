import * as z from "zod";
import { DRIVEN_FUNCTION } from "#services/cli/cloud/drive/driven-function.ts";

/** What the process that drives a city reads. */
export const DRIVE_PLAN = z.object({
  functions: z.array(DRIVEN_FUNCTION),
  /** Folder with one folder per function. */
  bundles: z.string(),
  /** Variables that send clients of AWS to the endpoint. */
  client: z.record(z.string(), z.string()),
});
export type DrivePlan = z.infer<typeof DRIVE_PLAN>;
