import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";
import { environmentOf } from "./environment-of.ts";

/** One thing that can be done to a fleet. */
export interface FleetVerb {
  /** What stands behind the verb, for people. */
  readonly words: string;
  readonly summary: string;
  run(context: CommandContext, words: readonly string[]): Promise<ExitCode>;
}

/** The one word that a verb takes. */
function oneWord(words: readonly string[], verb: string, named: string): string {
  const [word, ...more] = words;
  if (word !== undefined && more.length === 0) return word;
  throw usageFailure(
    `fleet ${verb} takes one ${named}`,
    `exos fleet ${verb} ${named.toUpperCase()}`,
  );
}

const render: FleetVerb = {
  words: "CITY",
  summary: "the cloud-init of a city outside AWS, on stdout",
  async run(context, words) {
    const { renderNamed } = await import("./render-named.ts");
    const { terminal, json } = context;
    const text = renderNamed(oneWord(words, "render", "city"), environmentOf(context));
    terminal.out(json ? JSON.stringify({ schema: "exos.fleet-render.v1", cloudInit: text }) : text);
    return EXIT.done;
  },
};

type WordRun = (context: CommandContext, words: readonly string[]) => Promise<ExitCode>;

/** A verb that takes words. @param load reads its program when it is wanted, and not before */
function worded(words: string, summary: string, load: () => Promise<WordRun>): FleetVerb {
  return {
    words,
    summary,
    async run(context, given) {
      const run = await load();
      return run(context, given);
    },
  };
}

const runbook: FleetVerb = {
  words: "",
  summary: "what happened, what to run, what it takes",
  async run({ terminal, json }) {
    const { RUNBOOK, runbookLines } = await import("./runbook.ts");
    if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-runbook.v1", rows: RUNBOOK }));
    else for (const line of runbookLines()) terminal.out(line);
    return EXIT.done;
  },
};

type Run = (context: CommandContext) => Promise<ExitCode>;

/** A verb that takes options alone. @param load reads its program when it is wanted, and not before */
function plain(verb: string, summary: string, load: () => Promise<Run>): FleetVerb {
  return {
    words: "",
    summary,
    async run(context, [word]) {
      if (word !== undefined) {
        throw usageFailure(`fleet ${verb} takes no "${word}"`, `exos fleet ${verb}`);
      }
      const run = await load();
      return run(context);
    },
  };
}

const fleetPart = () => import("./run-fleet.ts");
const deployPart = () => import("./run-deploy.ts");

/** All but the `status` of a fleet in this process, by name. */
export const FLEET_VERBS: Readonly<Record<string, FleetVerb>> = {
  plan: plain("plan", "what would be created, changed and paid, by city", async () => {
    const { runPlan } = await fleetPart();
    return runPlan;
  }),
  cost: plain("cost", "an idle month of each city, line by line", async () => {
    const { runCost } = await fleetPart();
    return runCost;
  }),
  deploy: plain("deploy", "build, store, and deploy wave by wave", async () => {
    const { runDeploy } = await deployPart();
    return runDeploy;
  }),
  rollback: plain("rollback", "back to what ran before the last deployment", async () => {
    const { runRollback } = await deployPart();
    return runRollback;
  }),
  edge: plain("edge", "deploy what all cities share: once, and after a change of it", async () => {
    const { runEdge } = await import("./run-edge.ts");
    return runEdge;
  }),
  destroy: plain("destroy", "remove a city, and say what is left", async () => {
    const { runDestroy } = await fleetPart();
    return runDestroy;
  }),
  load: worded(
    "CITY",
    "fill a new generation of a city's coins, in a task of its own",
    async () => {
      const { runLoadCity } = await import("./run-load.ts");
      return runLoadCity;
    },
  ),
  redrive: worded("CITY [QUEUE]", "back to their queues with messages nobody took", async () => {
    const { runRedrive } = await import("./run-redrive.ts");
    return runRedrive;
  }),
  rotate: worded(
    "edge-key",
    "a new key for the edge and all cities, in twelve minutes",
    async () => {
      const { runRotate } = await import("./run-rotate.ts");
      return runRotate;
    },
  ),
  gc: worded("CITY", "delete the tables that a load has replaced", async () => {
    const { runGc } = await import("./run-gc.ts");
    return runGc;
  }),
  logs: worded("CITY", "what a city's functions and task logged, by time", async () => {
    const { runLogs } = await import("./run-logs.ts");
    return runLogs;
  }),
  sweep: worded("CITY", "what a city has staked, to the one address it may go to", async () => {
    const { runSweep } = await import("./run-sweep.ts");
    return runSweep;
  }),
  render,
  runbook,
};
