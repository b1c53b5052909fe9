import type { RequestRecord } from "./record-requests.ts";

/** What some requests cost a table: write and read request units, and how many there were. */
export interface Units {
  readonly writes: number;
  readonly reads: number;
  readonly requests: number;
}

const WRITES = /^(PutItem|UpdateItem|DeleteItem)$/;

/** The sum over the requests of tables; requests that other services got count as none. */
export function sumUnits(records: readonly RequestRecord[]): Units {
  let writes = 0;
  let reads = 0;
  let requests = 0;
  for (const { service, action, units } of records) {
    if (service !== "dynamodb") continue;
    requests++;
    if (WRITES.test(action)) writes += units;
    else reads += units;
  }
  return { writes, reads, requests };
}

/** The same by action and first part of the key, such as `PutItem TIP`, for a report. */
export function unitsByKind(records: readonly RequestRecord[]): Map<string, Units> {
  const kinds = new Map<string, RequestRecord[]>();
  for (const record of records) {
    const kind = `${record.action} ${kindOf(record)}`;
    const others = kinds.get(kind);
    if (others === undefined) kinds.set(kind, [record]);
    else others.push(record);
  }
  return new Map([...kinds].map(([kind, of]) => [kind, sumUnits(of)]));
}

/** Text keys up to their `#`, as roles are limited by; keys of bytes by the table they are in. */
function kindOf({ leadingKeys, resource }: RequestRecord): string {
  const lead = leadingKeys[0] ?? "";
  const text = /^[A-Z]+#?/.exec(lead)?.[0];
  return text ?? resource.replace(/^.*-(coins-g\d+|index-g\d+|chain|pool)$/, "$1");
}
