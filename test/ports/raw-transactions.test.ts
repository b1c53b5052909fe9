import { describe } from "vitest";
import { createMemoryRawTransactions } from "#shared/adapters/embedded/memory-raw-transactions.ts";
import { flaky } from "../support/flaky.ts";
import { rawTransactionsContract } from "./raw-transactions.contract.ts";

describe("memory raw transactions", () => {
  rawTransactionsContract(async (clock) => createMemoryRawTransactions(clock));
});

describe.each([1, 2])("memory raw transactions on bad day %i", (seed) => {
  rawTransactionsContract(async (clock) => flaky(createMemoryRawTransactions(clock), seed));
});
