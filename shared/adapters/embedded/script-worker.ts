/**
 * The thread that runs scripts for `script-workers.ts`. It is given bytes and answers with the jobs
 * that did not simply succeed, so that an ordinary block answers with nothing.
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { decodeWhole } from "#shared/codec/decode-whole.ts";
import { readUnhashed } from "#shared/codec/read-transaction.ts";
import { lengthRulesOf } from "#shared/codec/reader.ts";
import { runScripts, type ScriptRules } from "./run-scripts.ts";
import { unpackJobs } from "./script-batch.ts";
import type { ScriptAnswer, ScriptRequest } from "./script-messages.ts";

// What `script-workers.ts` started this thread with.
const rules = workerData as ScriptRules;

parentPort?.on("message", ({ id, jobs }: ScriptRequest) => {
  const { wire } = rules;
  const unpacked = unpackJobs(jobs).map(({ raw, prevouts, flags }) => {
    const tx = decodeWhole(raw, (reader) => readUnhashed(reader, wire).fields, lengthRulesOf(wire));
    // The main thread decoded these bytes a moment ago: dying here is a fault of ours.
    if (!tx.ok) throw tx.error;
    return { tx: tx.value, prevouts, flags };
  });
  const ran = runScripts(unpacked, rules);
  const answer: ScriptAnswer = { id, judged: ran.length, outcomes: [] };
  for (const [index, outcome] of ran.entries()) {
    if (outcome.error !== undefined || outcome.coldStake) answer.outcomes.push([index, outcome]);
  }
  parentPort?.postMessage(answer);
});
