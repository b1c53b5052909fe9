import { Minter, type MinterDeps } from "./minter.ts";

/** What the process that embeds this service brings along. */
export type Shared = Omit<MinterDeps, "settings">;

/** What the operator says. */
export type EmbeddedOptions = MinterDeps["settings"];

/** The minter inside one process. @throws RangeError on a network without stake */
export function composeEmbedded(shared: Shared, settings: EmbeddedOptions): Minter {
  return new Minter({ ...shared, settings });
}
