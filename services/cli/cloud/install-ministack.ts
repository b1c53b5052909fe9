import { join } from "node:path";
import { type InstallOptions, installRequirements } from "./install-requirements.ts";

const MINISTACK = {
  title: "MiniStack",
  lock: join(import.meta.dirname, "ministack-requirements.txt"),
} as const;

/**
 * The Python of an environment that has the local endpoint, made once per lock file.
 *
 * @throws CommandFailure `EXOS-E8180` where no Python does
 */
export function installMinistack(options: InstallOptions): Promise<string> {
  return installRequirements(MINISTACK, options);
}
