import { FUNCTIONS } from "#regions/city-names.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { describeLogLine, LOG_LINE } from "#services/cli/describe-log-line.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";
import { askedFleet } from "./asked-fleet.ts";
import { type CityLogLine, findCityLogs } from "./city-logs.ts";
import { composeLogs } from "./compose-logs.ts";
import { onlyCity } from "./named-city.ts";

const USAGE =
  "exos fleet logs CITY [--block HEIGHT|HASH] [--function NAME] [--since 90m|TIME] [--lines N]";
/** Whatever logs: the functions, and the task in both its ways. */
const PARTS: readonly string[] = [...FUNCTIONS, "ingest"];
const LINES = 200;
const LINES_MAX = 10_000;
const SINCE = "1h";
const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** Log groups forget by then. @source cloud.md 7.1 */
const DAYS_MAX = 7;

/** `exos fleet logs CITY`: what its functions and its task logged, merged by time. */
export async function runLogs(
  context: CommandContext,
  words: readonly string[],
): Promise<ExitCode> {
  const { options, terminal, json } = context;
  const asked = askedFleet(context);
  const city = onlyCity(asked.fleet, words, USAGE);
  const query = {
    parts: partsOf(options["function"]),
    block: blockOf(options["block"]),
    lines: linesOf(options["lines"]),
    fromMs: fromOf(options["since"] ?? SINCE, Date.now()),
  };
  const deps = await composeLogs(asked, city);
  const found = await findCityLogs(query, deps);
  if (json) {
    terminal.out(JSON.stringify({ schema: "exos.fleet-logs.v1", city: city.code, ...found }));
    return EXIT.done;
  }
  for (const line of found.lines) terminal.out(textOf(line));
  if (found.lines.length === 0) asked.say(`nothing since ${new Date(query.fromMs).toISOString()}`);
  if (found.cut) {
    asked.say("there is more: a later --since, a --function, or more --lines shows it");
  }
  return EXIT.done;
}

function partsOf(wanted: string | undefined): readonly string[] {
  if (wanted === undefined) return PARTS;
  if (PARTS.includes(wanted)) return [wanted];
  throw usageFailure(`no "${wanted}" logs; there are ${PARTS.join(", ")}`, USAGE);
}

function blockOf(text: string | undefined): string | undefined {
  if (text === undefined || /^(\d{1,10}|[0-9a-f]{64})$/.test(text)) return text;
  throw usageFailure(`--block is a height or a hash of 64 hex digits, not "${text}"`, USAGE);
}

function linesOf(text: string | undefined): number {
  const lines = Number(text ?? LINES);
  if (lines >= 1 && lines <= LINES_MAX) return lines;
  throw usageFailure(`--lines is 1 to ${LINES_MAX}, not ${text}`, USAGE);
}

/** @returns milliseconds since 1970 */
function fromOf(text: string, nowMs: number): number {
  const [, count = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const fromMs =
    count === "" ? Date.parse(text) : nowMs - Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  const oldestMs = nowMs - DAYS_MAX * (UNIT_MS["d"] ?? 0);
  if (fromMs >= oldestMs && fromMs <= nowMs) return fromMs;
  throw usageFailure(
    `--since is a time of the last ${DAYS_MAX} days, such as 90m, 6h, 2d or 2026-01-31T12:00Z, not "${text}"`,
    USAGE,
  );
}

/** As `exos logs` has it, with who said it behind the time. */
function textOf({ part, atMs, record }: CityLogLine): string {
  const time = new Date(atMs).toISOString();
  const line = LOG_LINE.safeParse({ ...record, time, module: part });
  if (line.success) return describeLogLine(line.data);
  const said = typeof record["msg"] === "string" ? record["msg"] : JSON.stringify(record);
  return `${time} ${part}: ${said}`;
}
