import { describe } from "vitest";
import { createMemoryHeartbeats } from "#shared/adapters/embedded/memory-heartbeats.ts";
import { heartbeatsContract } from "./heartbeats.contract.ts";

describe("memory heartbeats", () => heartbeatsContract(async () => createMemoryHeartbeats()));
