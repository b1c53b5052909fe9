import type { RequestRecord } from "./record-requests.ts";

/**
 * Who sends: only `connect` and `load` may write the tip, and only `load` may scan. Who was told of a
 * tip reads it from a copy first, and strongly where that one is too old.
 */
export type Role = "connect" | "load" | "told" | "other";

const WRITES = /^(PutItem|UpdateItem|DeleteItem)$/;
const NEVER =
  /^(BatchWriteItem|TransactWriteItems|TransactGetItems|ExecuteStatement|BatchExecuteStatement)$/;

/** What is wrong with one request, in words; nothing where all is well. */
type Rule = (record: RequestRecord, role: Role) => string | undefined;

function isStrong({ input, resource }: RequestRecord): boolean {
  const batch = input["RequestItems"];
  if (typeof batch !== "object" || batch === null) return input["ConsistentRead"] === true;
  const part: unknown = Reflect.get(batch, resource);
  return typeof part === "object" && part !== null && Reflect.get(part, "ConsistentRead") === true;
}

const RULES: readonly Rule[] = [
  ({ action }) => (NEVER.test(action) ? "no request touches several items" : undefined),
  (record, role) => {
    if (!/^(GetItem|BatchGetItem|Query|Scan)$/.test(record.action)) return undefined;
    const isOfTip = record.leadingKeys.length === 1 && record.leadingKeys[0] === "TIP";
    return isStrong(record) || (role === "told" && isOfTip) ? undefined : "every read is strong";
  },
  ({ action }, role) =>
    action === "Scan" && role !== "load" ? "only loading scans a table" : undefined,
  ({ action, resource, input }) => {
    if (!/-coins-g\d+$/.test(resource) || !WRITES.test(action)) return undefined;
    if (action !== "UpdateItem") return "a coin item is updated, never put or deleted";
    if (input["ConditionExpression"] !== undefined) return "marks have no condition";
    return /\b(REMOVE|DELETE)\b/.test(String(input["UpdateExpression"]))
      ? "marks are only added"
      : undefined;
  },
  ({ action, leadingKeys, input }, role) => {
    if (!leadingKeys.includes("TIP") || !WRITES.test(action)) return undefined;
    if (role === "other" || role === "told") return "only connect and load write the tip";
    const isForgotten = action === "DeleteItem" && role === "load";
    if (action !== "PutItem" && !isForgotten) return "a tip is put whole";
    if (input["ConditionExpression"] !== undefined) return undefined;
    return isForgotten ? "a tip is forgotten on its rev" : "a tip is put on its rev";
  },
];

/**
 * What breaks a rule of chain state among requests, each with the request.
 *
 * @source cloud.md 3.2, 4.2, 14.1, 15
 */
export function lintRequests(records: readonly RequestRecord[], role: Role): string[] {
  const found: string[] = [];
  for (const record of records.filter(({ service }) => service === "dynamodb")) {
    for (const rule of RULES) {
      const wrong = rule(record, role);
      if (wrong === undefined) continue;
      found.push(`${wrong}: ${record.action} ${record.resource} ${record.leadingKeys.join(" ")}`);
    }
  }
  return found;
}
