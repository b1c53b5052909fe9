import { describe } from "vitest";
import { createMemoryCursors } from "#shared/adapters/embedded/memory-cursors.ts";
import { cursorsContract } from "./cursors.contract.ts";

describe("memory cursors", () => cursorsContract(async () => createMemoryCursors()));
