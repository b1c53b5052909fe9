import { createSecretFinder } from "#services/cli/cloud/rehearse/secret-finder.ts";
import {
  WRITTEN_KINDS,
  type Written,
  type WrittenKind,
} from "#services/cli/cloud/rehearse/written.ts";

/** What was searched, and where secrets were found. */
export interface Searched {
  readonly counts: Readonly<Record<WrittenKind, number>>;
  readonly bytes: number;
  readonly found: readonly FoundSecret[];
}

/** Where a secret stands. It is not told itself. */
export interface FoundSecret {
  readonly kind: WrittenKind;
  readonly place: string;
  /** Name of the secret, and the form that it stands in. */
  readonly what: string;
}

/** Look for secrets in all that was written. @param secrets values by name */
export async function searchWritten(
  all: AsyncIterable<Written>,
  secrets: Readonly<Record<string, string>>,
): Promise<Searched> {
  const finder = createSecretFinder(secrets);
  const counts = Object.fromEntries(WRITTEN_KINDS.map((kind) => [kind, 0])) as Record<
    WrittenKind,
    number
  >;
  const found: FoundSecret[] = [];
  let bytes = 0;
  for await (const one of all) {
    counts[one.kind]++;
    bytes += one.bytes.length;
    const what = finder.find(one.bytes);
    if (what === undefined) continue;
    const isNamed = finder.find(Buffer.from(one.place)) !== undefined;
    const place = isNamed ? `the name of one of the ${one.kind}` : one.place;
    found.push({ kind: one.kind, place, what });
  }
  return { counts, bytes, found };
}
