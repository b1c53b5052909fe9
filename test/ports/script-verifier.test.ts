import { describe } from "vitest";
import { openScriptWorkers } from "#shared/adapters/embedded/script-workers.ts";
import { EXOS_WIRE } from "../support/wires.ts";
import { scriptVerifierContract } from "./script-verifier.contract.ts";

describe.each([0, 1, 2])("script workers, %i threads", (workers) => {
  scriptVerifierContract(() => openScriptWorkers({ workers, wire: EXOS_WIRE, dialect: "exos" }));
});
