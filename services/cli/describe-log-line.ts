import * as z from "zod";

/** Least to most. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** A line of a node's log, as far as people are told of it. */
export const LOG_LINE = z.looseObject({
  time: z.string(),
  level: z.enum(LOG_LEVELS),
  module: z.string().optional(),
  msg: z.string(),
  code: z.string().optional(),
});

/** A line for people: what every line of one log says of itself is left out. */
export function describeLogLine(line: z.output<typeof LOG_LINE>): string {
  const { time, level, module, msg, code, service, city, ...fields } = line;
  const extra = Object.entries(fields).map(([name, field]) => `${name}=${JSON.stringify(field)}`);
  const parts = [time, level.padEnd(5), module === undefined ? "" : `${module}:`, msg, ...extra];
  if (code !== undefined) parts.push(`[${code}]`);
  return parts.filter(Boolean).join(" ");
}
