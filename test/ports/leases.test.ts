import { describe } from "vitest";
import { createMemoryLeases } from "#shared/adapters/embedded/memory-leases.ts";
import { flaky } from "../support/flaky.ts";
import { leasesContract } from "./leases.contract.ts";

describe("memory leases", () => leasesContract(async () => createMemoryLeases()));

describe.each([1, 2, 3])("memory leases on bad day %i", (seed) =>
  leasesContract(async () => flaky(createMemoryLeases(), seed)),
);
