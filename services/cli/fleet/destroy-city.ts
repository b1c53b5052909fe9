import { CommandFailure } from "#services/cli/failure.ts";
import type { CdkRuns } from "./cdk-runs.ts";
import type { DeployRecord } from "./deploy-ports.ts";
import { givenNow } from "./deploy-state.ts";

/** What a city is removed with. */
export interface DestroyPorts {
  readonly record: Pick<DeployRecord, "read">;
  readonly cdk: Pick<CdkRuns, "destroy">;
  /** Let the stack with its data be deleted, which where it matters is protected. May be repeated. */
  unprotect(city: string): Promise<void>;
}

/**
 * Remove the stacks of a city, as its own release has them, to the end: the last order may have been for
 * others, and of a city that a release does not know the CDK's program removes nothing, and says that all
 * is well. May be repeated. One that is cut short stands without protection until it is removed, or
 * deployed again.
 *
 * @throws CommandFailure `EXOS-E8008` where nothing was ever deployed, `EXOS-E8012` for a run that fails
 */
export async function destroyCity(
  city: string,
  { record, cdk, unprotect }: DestroyPorts,
): Promise<void> {
  const found = await record.read();
  if (found === undefined) {
    throw new CommandFailure("nothing was deployed", { code: "EXOS-E8008" });
  }
  await unprotect(city);
  const { state } = found;
  await cdk.destroy(city, givenNow(state)[city]?.release ?? state.version);
}
