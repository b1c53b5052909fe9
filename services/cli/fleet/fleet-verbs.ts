import type { CommandContext, Verb } from "#services/cli/command.ts";
import type { ExitCode } from "#services/cli/exit-codes.ts";
import type { FleetOption } from "./fleet-options.ts";

type Run = (context: CommandContext, words: readonly string[]) => Promise<ExitCode>;

/** One thing that can be done to a fleet. */
export interface FleetVerb extends Verb {
  readonly options: readonly FleetOption[];
  readonly run: Run;
}

const WHERE = ["environment", "city", "wave"] as const;

/** A verb whose program is read when it is wanted, and not before. */
function verb(
  [words, summary]: readonly [words: string, summary: string],
  options: readonly FleetOption[],
  load: () => Promise<Run>,
): FleetVerb {
  return {
    ...{ words, summary, options },
    async run(context, given) {
      const run = await load();
      return run(context, given);
    },
  };
}

const planPart = () => import("./run-plan.ts");

/** All that can be done to a fleet, by name, in the order in which help tells of it. */
export const FLEET_VERBS: Readonly<Record<string, FleetVerb>> = {
  status: verb(
    ["[CITY]", "how cities stand, of this process or deployed"],
    [...WHERE, "groups"],
    async () => (await import("./run-status.ts")).runStatus,
  ),
  plan: verb(
    ["", "what would be created, changed and paid, by city"],
    WHERE,
    async () => (await planPart()).runPlan,
  ),
  cost: verb(
    ["", "an idle month of each city, line by line"],
    WHERE,
    async () => (await planPart()).runCost,
  ),
  deploy: verb(
    ["", "build, store, and deploy wave by wave"],
    [...WHERE, "release", "image", "release-key", "bake", "abandon"],
    async () => (await import("./run-deploy.ts")).runDeploy,
  ),
  rollback: verb(
    ["", "back to what ran before the last release; of cities that are named, before theirs"],
    [...WHERE, "release-key", "bake", "abandon"],
    async () => (await import("./run-rollback.ts")).runRollback,
  ),
  edge: verb(
    ["", "deploy what all cities share: once, and after a change of it"],
    ["environment", "release"],
    async () => (await import("./run-edge.ts")).runEdge,
  ),
  access: verb(
    ["", "deploy who may deploy each wave by a pipeline: once, and after a change of deployRoles"],
    ["environment"],
    async () => (await import("./run-access.ts")).runAccess,
  ),
  destroy: verb(
    ["", "remove a city, and say what is left"],
    ["environment", "city", "confirm"],
    async () => (await import("./run-destroy.ts")).runDestroy,
  ),
  load: verb(
    ["CITY", "fill a new generation of a city's coins, in a task of its own"],
    ["environment", "from", "trust", "snapshot", "refill", "confirm"],
    async () => (await import("./run-load.ts")).runLoadCity,
  ),
  redrive: verb(
    ["CITY [QUEUE]", "back to their queues with messages nobody took"],
    ["environment"],
    async () => (await import("./run-redrive.ts")).runRedrive,
  ),
  rotate: verb(
    ["edge-key", "a new key for the edge and all cities, in twelve minutes"],
    ["environment", "confirm"],
    async () => (await import("./run-rotate.ts")).runRotate,
  ),
  gc: verb(
    ["CITY", "delete tables that a load replaced, and blocks of dead branches"],
    ["environment", "dry-run"],
    async () => (await import("./run-gc.ts")).runGc,
  ),
  logs: verb(
    ["CITY", "what a city's functions and task logged, by time"],
    ["environment", "block", "function", "since", "lines"],
    async () => (await import("./run-logs.ts")).runLogs,
  ),
  sweep: verb(
    ["CITY", "what a city has staked, to the one address it may go to"],
    ["environment", "confirm"],
    async () => (await import("./run-sweep.ts")).runSweep,
  ),
  render: verb(
    ["CITY", "the cloud-init of a city outside AWS, on stdout"],
    ["environment", "serial"],
    async () => (await import("./render-named.ts")).runRender,
  ),
  runbook: verb(
    ["", "what happened, what to run, what it takes"],
    [],
    async () => (await import("./runbook.ts")).runRunbook,
  ),
};
