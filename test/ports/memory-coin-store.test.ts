import { describe } from "vitest";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { coinStoreContract } from "./coin-store.contract.ts";

describe("the memory coin store", () => {
  coinStoreContract(async () => createMemoryCoinStore("exos"));
});
