import type { Command } from "#services/cli/command.ts";
import { config } from "#services/cli/commands/config.ts";
import { dev } from "#services/cli/commands/dev.ts";
import { doctor } from "#services/cli/commands/doctor.ts";
import { exportCommand } from "#services/cli/commands/export.ts";
import { fleet } from "#services/cli/commands/fleet.ts";
import { importCommand } from "#services/cli/commands/import.ts";
import { network } from "#services/cli/commands/network.ts";
import { repair } from "#services/cli/commands/repair.ts";
import { rpc } from "#services/cli/commands/rpc.ts";
import { snapshot } from "#services/cli/commands/snapshot.ts";
import { stake } from "#services/cli/commands/stake.ts";
import { start } from "#services/cli/commands/start.ts";
import { status } from "#services/cli/commands/status.ts";
import { stop } from "#services/cli/commands/stop.ts";
import { version } from "#services/cli/commands/version.ts";

/** Every command, in the order of the help page. */
export const COMMANDS: readonly Command[] = [
  dev,
  start,
  stop,
  importCommand,
  exportCommand,
  snapshot,
  repair,
  status,
  stake,
  fleet,
  rpc,
  config,
  network,
  doctor,
  version,
];

/** What `exos` alone does. */
export const DEFAULT_COMMAND: Command = dev;
