import * as z from "zod";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { type AwsCaller, sendSigned } from "./signed-request.ts";

/** One line that somebody logged. */
export interface LogEvent {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly text: string;
}

/** What is looked for in one group of logs. */
export interface LogQuery {
  readonly group: string;
  /** In the words of CloudWatch Logs; an emulator may take some of them for everything. */
  readonly pattern: string | undefined;
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  /** Where the page before ended. */
  readonly cursor: string | undefined;
}

/** Groups of log lines. Throws StoreFault when the world failed. */
export interface LogGroups {
  /** Oldest first. @returns `undefined` when there is no such group */
  find(
    query: LogQuery,
  ): Promise<
    { readonly events: readonly LogEvent[]; readonly next: string | undefined } | undefined
  >;
  /** Names of all groups that begin with this. */
  named(prefix: string): Promise<readonly string[]>;
}

/** A page may search a megabyte of lines, and find none in it. */
const REQUEST_MS = 30_000;
const PAGE = z.object({
  events: z.array(z.object({ timestamp: z.int(), message: z.string() })).default([]),
  nextToken: z.string().nullish(),
});

const GROUPS = z.object({
  logGroups: z.array(z.object({ logGroupName: z.string() })).default([]),
  nextToken: z.string().nullish(),
});

/** CloudWatch Logs, without its client: two calls are made of it. @source cloud.md 12 */
export function createLogGroups(caller: AwsCaller): LogGroups {
  return {
    async find({ group, pattern, fromMs, cursor }) {
      const request = {
        logGroupName: group,
        startTime: fromMs,
        ...(pattern !== undefined && { filterPattern: pattern }),
        ...(cursor !== undefined && { nextToken: cursor }),
      };
      const doing = `searching ${group}`;
      const text = await ask("FilterLogEvents", request, caller).catch((cause: unknown) => {
        if (cause instanceof Error && cause.name === "ResourceNotFoundException") return undefined;
        throw awsFaultOf(cause, doing);
      });
      if (text === undefined) return undefined;
      const page = pageOf(text, PAGE, doing);
      const events = page.events.map((one) => ({ atMs: one.timestamp, text: one.message }));
      return { events, next: page.nextToken ?? undefined };
    },
    async named(prefix) {
      const doing = `listing groups of logs below ${prefix}`;
      const names: string[] = [];
      let next: string | undefined;
      do {
        const from = next === undefined ? {} : { nextToken: next };
        const request = { logGroupNamePrefix: prefix, ...from };
        const text = await ask("DescribeLogGroups", request, caller).catch((cause: unknown) => {
          throw awsFaultOf(cause, doing);
        });
        const page = pageOf(text, GROUPS, doing);
        names.push(...page.logGroups.map(({ logGroupName }) => logGroupName));
        next = page.nextToken ?? undefined;
      } while (next !== undefined);
      return names;
    },
  };
}

function ask(action: string, request: object, caller: AwsCaller): Promise<string> {
  const contentType = "application/x-amz-json-1.1";
  const target = `Logs_20140328.${action}`;
  const body = JSON.stringify(request);
  const said = { service: "logs", contentType, target, body, requestMs: REQUEST_MS };
  return sendSigned(said, caller);
}

/** @throws StoreFault for what is no answer of this service */
function pageOf<Page>(text: string, shape: z.ZodType<Page>, doing: string): Page {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new StoreFault(`${doing}: no answer of CloudWatch Logs`, {
      retryable: true,
      code: "EXOS-E8100",
      cause,
    });
  }
}
