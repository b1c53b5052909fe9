import type { Clock } from "#shared/ports/clock.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** One page of lines. */
interface LogPage {
  readonly events: readonly { readonly atMs: number; readonly text: string }[];
  readonly next: string | undefined;
}

/** What a search runs on. */
export interface CityLogsDeps {
  /** @returns `undefined` when nothing of that name logs. @throws StoreFault when the world failed */
  page(query: {
    readonly part: string;
    readonly pattern: string | undefined;
    readonly fromMs: number;
    readonly cursor: string | undefined;
  }): Promise<LogPage | undefined>;
  readonly clock: Pick<Clock, "sleep">;
}

/** What is looked for. */
export interface CityLogsQuery {
  /** Functions and tasks whose lines are read. */
  readonly parts: readonly string[];
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  /** A height, or a hash in printed order. */
  readonly block: string | undefined;
  /** Most lines, of which the newest are kept. */
  readonly lines: number;
}

/** A line, whose members are whatever was logged. */
export interface CityLogLine {
  readonly part: string;
  readonly atMs: number;
  readonly record: Readonly<Record<string, unknown>>;
}

/** What was found. */
export interface CityLogs {
  /** Oldest first. */
  readonly lines: readonly CityLogLine[];
  /** Whether something was left out: older lines, or pages beyond the last that was read. */
  readonly cut: boolean;
}

/** Pages of one part that are read; each searches up to a megabyte. */
export const PAGES_MAX = 50;
const TRIES = 4;
const AGAIN_MS = 1_000;
/** Forks at one height that are looked for by their hashes. */
const HASHES_MAX = 8;

/**
 * The lines of a city by time. Of a height, first the lines that name it, then all that name the
 * hashes of its blocks: most lines know a block by its hash alone.
 *
 * @throws StoreFault when the world failed
 * @source cloud.md 12, the runbook
 */
export async function findCityLogs(query: CityLogsQuery, deps: CityLogsDeps): Promise<CityLogs> {
  const { block } = query;
  if (block === undefined) return newest(await search(query, undefined, deps), query);
  const first = await search(query, block, deps);
  if (!isHeight(block)) return newest(first, query);
  const hashes = new Set(first.lines.flatMap(({ record }) => hashOf(record) ?? []));
  const all = new Map(first.lines.map((line) => [keyOf(line), line]));
  let { cut } = first;
  for (const hash of [...hashes].slice(0, HASHES_MAX)) {
    const more = await search(query, hash, deps);
    for (const line of more.lines) all.set(keyOf(line), line);
    cut ||= more.cut;
  }
  return newest({ lines: [...all.values()], cut }, query);
}

const isHeight = (block: string): boolean => /^\d{1,10}$/.test(block);
const keyOf = ({ part, atMs, record }: CityLogLine) => `${part} ${atMs} ${JSON.stringify(record)}`;

function hashOf({ hash }: CityLogLine["record"]): string | undefined {
  return typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

/** @source CloudWatch Logs, "Filter pattern syntax" */
function patternOf(block: string | undefined): string | undefined {
  if (block === undefined) return undefined;
  return isHeight(block) ? `{ $.height = ${block} }` : `"${block}"`;
}

async function search(
  { parts, fromMs }: CityLogsQuery,
  block: string | undefined,
  deps: CityLogsDeps,
): Promise<CityLogs> {
  const pattern = patternOf(block);
  const lines: CityLogLine[] = [];
  let cut = false;
  for (const part of parts) {
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await patiently(() => deps.page({ part, pattern, fromMs, cursor }), deps);
      for (const { atMs, text } of page?.events ?? []) {
        const record = recordOf(text);
        if (record !== undefined && isAbout(record, text, block)) {
          lines.push({ part, atMs, record });
        }
      }
      cursor = page?.next;
      pages++;
    } while (cursor !== undefined && pages < PAGES_MAX);
    cut ||= cursor !== undefined;
  }
  return { lines, cut };
}

/** Who asks for logs is throttled soon. */
async function patiently<T>(ask: () => Promise<T>, { clock }: CityLogsDeps): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (cause) {
      if (!(cause instanceof StoreFault) || !cause.retryable || attempt === TRIES) throw cause;
      await clock.sleep(AGAIN_MS * attempt);
    }
  }
}

/** @returns `undefined` for what is no word to people: figures, and how long a function ran */
function recordOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return { msg: text };
    if ("_aws" in value || ("type" in value && String(value.type).startsWith("platform."))) {
      return undefined;
    }
    return value as Readonly<Record<string, unknown>>; // An object of JSON.
  } catch {
    // What a process says before it can log, or as it dies, is no JSON and is worth reading.
    const said = text.trim();
    return said === "" ? undefined : { msg: said };
  }
}

/** Whoever answers may know fewer patterns than AWS. */
function isAbout(
  record: Readonly<Record<string, unknown>>,
  text: string,
  block: string | undefined,
): boolean {
  if (block === undefined) return true;
  return isHeight(block) ? record["height"] === Number(block) : text.includes(block);
}

function newest({ lines, cut }: CityLogs, query: Pick<CityLogsQuery, "lines">): CityLogs {
  const sorted = lines.toSorted((a, b) => a.atMs - b.atMs);
  return { lines: sorted.slice(-query.lines), cut: cut || sorted.length > query.lines };
}
