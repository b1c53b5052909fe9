import { describe } from "vitest";
import { createMemoryBlockTries } from "#shared/adapters/embedded/memory-block-tries.ts";
import { blockTriesContract } from "./block-tries.contract.ts";

describe("memory block tries", () => blockTriesContract(async () => createMemoryBlockTries()));
