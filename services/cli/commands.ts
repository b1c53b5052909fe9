import type { Command } from "#services/cli/command.ts";
import { address } from "#services/cli/commands/address.ts";
import { balance } from "#services/cli/commands/balance.ts";
import { cloud } from "#services/cli/commands/cloud.ts";
import { config } from "#services/cli/commands/config.ts";
import { dev } from "#services/cli/commands/dev.ts";
import { doctor } from "#services/cli/commands/doctor.ts";
import { exportCommand } from "#services/cli/commands/export.ts";
import { fleet } from "#services/cli/commands/fleet.ts";
import { importCommand } from "#services/cli/commands/import.ts";
import { logs } from "#services/cli/commands/logs.ts";
import { network } from "#services/cli/commands/network.ts";
import { peers } from "#services/cli/commands/peers.ts";
import { repair } from "#services/cli/commands/repair.ts";
import { rpc } from "#services/cli/commands/rpc.ts";
import { send } from "#services/cli/commands/send.ts";
import { snapshot } from "#services/cli/commands/snapshot.ts";
import { stake } from "#services/cli/commands/stake.ts";
import { start } from "#services/cli/commands/start.ts";
import { status } from "#services/cli/commands/status.ts";
import { stop } from "#services/cli/commands/stop.ts";
import { sync } from "#services/cli/commands/sync.ts";
import { version } from "#services/cli/commands/version.ts";
import { wallet } from "#services/cli/commands/wallet.ts";

/** Every command, in the order of the help page. */
export const COMMANDS: readonly Command[] = [
  dev,
  start,
  stop,
  sync,
  importCommand,
  exportCommand,
  snapshot,
  repair,
  status,
  stake,
  peers,
  fleet,
  cloud,
  rpc,
  wallet,
  address,
  balance,
  send,
  config,
  network,
  doctor,
  logs,
  version,
];

/** What `exos` alone does. */
export const DEFAULT_COMMAND: Command = dev;
