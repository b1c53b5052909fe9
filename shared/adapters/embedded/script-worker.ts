/**
 * The thread that runs scripts for `script-workers.ts`. It is given bytes and answers with the jobs
 * that did not simply succeed, so that an ordinary block answers with nothing.
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { runScripts, type ScriptRules } from "./run-scripts.ts";
import { unpackJobs } from "./script-batch.ts";
import type { ScriptAnswer, ScriptRequest } from "./script-messages.ts";

// What `script-workers.ts` started this thread with.
const rules = workerData as ScriptRules;

parentPort?.on("message", ({ id, jobs }: ScriptRequest) => {
  const answer: ScriptAnswer = { id, outcomes: [] };
  for (const [index, { raw, prevouts, flags }] of unpackJobs(jobs).entries()) {
    const tx = decodeTransaction(raw, rules.wire);
    // The main thread decoded these bytes a moment ago: dying here is a fault of ours.
    if (!tx.ok) throw tx.error;
    const outcome = runScripts({ tx: tx.value, prevouts, flags }, rules);
    if (outcome.error !== undefined || outcome.coldStake) answer.outcomes.push([index, outcome]);
  }
  parentPort?.postMessage(answer);
});
