import { describe, expect, it } from "vitest";
import type { EndpointTraits, Need } from "../support/aws/endpoint-traits.ts";
import skips from "./skips.json" with { type: "json" };

type Case = (title: string, run: () => Promise<void> | void, timeoutMs?: number) => void;

/** How a contract suite declares its cases. */
export interface ContractCases {
  /** A case that every adapter passes, on every endpoint. */
  readonly it: Case;
  /** A case that says something only where the endpoint has all of these. */
  needing(...needs: readonly Need[]): Case;
}

/** By endpoint, then by suite: the titles of cases that cannot run there. */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = skips;

/**
 * Run a contract suite on one endpoint. A case whose needs the endpoint lacks is skipped by name;
 * the skips of each suite must be exactly those of `skips.json`, so none is ever silent. `npm test`
 * counts them: `contract: N cases, N run, N skipped`.
 *
 * @example in `test/ports/blob-store.contract.ts`
 * export function blobStoreContract({ it, needing }: ContractCases, create: () => Promise<BlobStore>) {
 *   it("gives back what was put", async () => …);
 *   needing("conditional-objects")("keeps the first of two writers", async () => …);
 * }
 * @example in `test/ports/s3-blob-store.test.ts`
 * contractOn("blob-store", FAUXQS_TRAITS, (cases) => blobStoreContract(cases, create));
 * @param suite name of the port
 * @source cloud.md 14.1
 */
export function contractOn(
  suite: string,
  endpoint: EndpointTraits,
  define: (cases: ContractCases) => void,
): void {
  describe(`${suite} on ${endpoint.name}`, () => {
    const skipped: string[] = [];
    define({
      it,
      needing(...needs) {
        const lacks = needs.filter((need) => !endpoint.has.has(need));
        if (lacks.length === 0) return it;
        return (title) => {
          skipped.push(title);
          it.skip(`${title} (needs ${lacks.join(", ")})`);
        };
      },
    });

    it("skips exactly what skips.json names", () => {
      const allowed = ALLOWED[endpoint.name]?.[suite] ?? [];
      expect(skipped.sort()).toEqual([...allowed].sort());
    });
  });
}
