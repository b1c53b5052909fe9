import { describe } from "vitest";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import { tipNoticeContract } from "./tip-notice.contract.ts";

describe("memory tip notice", () => tipNoticeContract(async () => createMemoryTipNotice()));
