import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";

/** What an operator meets, what he runs, and what that takes. */
export interface RunbookRow {
  readonly event: string;
  readonly command: string;
  /** Time and money. */
  readonly takes: string;
}

/** The operator's page, by event. @source cloud.md 12 */
export const RUNBOOK: readonly RunbookRow[] = [
  {
    event: "a new city",
    command:
      "an entry in `regions/`, `exos fleet deploy --city CITY`, then `exos fleet load CITY`, which begins with what another one published, then `exos fleet rotate edge-key`, without which it answers 403 to everybody, and `exos fleet edge`; outside AWS `exos fleet render CITY` makes the machine and says how it comes to the key, then `exos fleet edge`",
    takes: "under an hour from a snapshot, half an hour for key and edge, under $1",
  },
  {
    event: "a new fleet",
    command:
      "`exos fleet deploy --wave 0`, `exos fleet edge`, `exos fleet rotate edge-key`, `exos fleet load syd`, `exos fleet deploy --release-key FILE` when machines outside AWS have begun, `exos fleet edge`: what one prints the next ones read by themselves",
    takes: "an afternoon, most of it the load",
  },
  {
    event: "a city is new behind the edge, or what all cities share has changed",
    command: "`exos fleet edge`",
    takes: "a quarter of an hour, $10 a month",
  },
  {
    event: "a pipeline is to deploy, or one is not to any more",
    command:
      "`deployRoles` in `regions/deployment.ts`, or none, then `exos fleet access`, with your own credentials",
    takes: "minutes, nothing",
  },
  {
    event: "tip stale, or behind",
    command:
      "`exos fleet status --environment prod`, then the reason's own line; `exos fleet redrive CITY` is always safe",
    takes: "minutes",
  },
  {
    event: "behind by more than 4,096 blocks (EXOS-E8135 in the log of `ingest`)",
    command: "`exos fleet load CITY`; without it the city catches up by itself, slowly",
    takes: "under an hour, under $1",
  },
  {
    event:
      "a notice of EXOS-E8111 on the topic of alarms, at most once a day: a block fells whoever connects it",
    command:
      "`exos fleet logs CITY --block HEIGHT|HASH`; mend and deploy: the city went on without the block",
    takes: "no time of the city's",
  },
  {
    event:
      "a notice of EXOS-E8142 (split) or EXOS-E8141 (state-split) by each city that watches; one more when all agree again",
    command:
      "`exos fleet status --groups --environment prod`; the minority is out of rotation; `exos fleet load CITY --refill --confirm CITY` rebuilds it",
    takes: "under an hour, under $1",
  },
  {
    event: "`exos fleet load CITY --refill` was stopped before its end, and `connect` is off",
    command: "`exos fleet load CITY`: it waits on, or turns `connect` on where there is a tip",
    takes: "what was left of it",
  },
  {
    event: "a region is lost",
    command:
      "nothing: the edge leaves it out; `exos fleet deploy --city CITY` elsewhere when wanted",
    takes: "a minute of its callers",
  },
  {
    event: "a table has twice its useful size, or a year has passed",
    command: "`exos fleet load CITY`, and a day later `exos fleet gc CITY`",
    takes: "an hour, $1",
  },
  {
    event: "the edge's key is to change",
    command:
      "`exos fleet rotate edge-key`; it says what machines outside AWS are given, then once more with `--confirm edge-key`",
    takes: "twelve minutes, and a minute at each such machine",
  },
  {
    event: "cities outside AWS are to run a release",
    command: "`exos fleet deploy --wave 3 --release NAME --release-key FILE`",
    takes: "up to 46 minutes until each has followed, and the bake",
  },
  {
    event: "an alarm is raised, and a release is to mend it (EXOS-E8011 while it is)",
    command:
      "`exos fleet deploy --release-key FILE`; when the alarm is quiet, `exos fleet redrive CITY` where it is of dead messages, and what the deployment named goes on with the next wave",
    takes: "minutes a wave, and its bake",
  },
  {
    event: "a release is to be taken back",
    command:
      "`exos fleet rollback`, of one wave by `--wave`; with machines outside AWS `--release-key FILE`, without them `--wave`",
    takes: "minutes a wave, and its bake",
  },
  {
    event: "staked money is to leave",
    command: "`exos fleet sweep CITY --confirm CITY`; it goes to `sweepAddresses` alone",
    takes: "one block",
  },
  {
    event: "the first sync of an empty fleet",
    command:
      "`exos fleet load CITY` of three cities; of each other one `exos fleet load OTHER --from CITY`, or with one city and `--trust MUHASH`",
    takes: "three hours, then one each",
  },
];

/** `exos fleet runbook`: the page, an event after the other. */
export async function runRunbook({ terminal, json }: CommandContext): Promise<ExitCode> {
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-runbook.v1", rows: RUNBOOK }));
  for (const { event, command, takes } of json ? [] : RUNBOOK) {
    for (const line of [event, `    ${command}`, `    ${takes}`, ""]) terminal.out(line);
  }
  return EXIT.done;
}
