import { setImmediate as onNextTurn } from "node:timers";
import { Worker } from "node:worker_threads";
import type { ScriptJob, ScriptOutcome } from "#shared/consensus/judge-env.ts";
import type { ScriptVerifier } from "#shared/ports/script-verifier.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { createInlineScripts, cutParts } from "./inline-scripts.ts";
import { outcomesOf } from "./outcomes-of.ts";
import type { ScriptRules } from "./run-scripts.ts";
import { packJobs } from "./script-batch.ts";
import type { ScriptAnswer, ScriptRequest } from "./script-messages.ts";

/** Threads that verify, until they are disposed of. */
export type ScriptWorkers = ScriptVerifier & AsyncDisposable;

/** How many threads, and by which network's rules. */
export interface ScriptWorkerOptions extends ScriptRules {
  /** Threads beside the main one, 0 to 64; with 0 the main thread does the work itself. */
  readonly workers: number;
}

/** Inputs of a large block that travel together, so that all threads have a share of it. */
const INPUTS_PER_PART = 64;
/** Inputs of small blocks that travel together: a message costs as much as verifying some. */
const INPUTS_GATHERED = 128;

/** Scripts in worker threads, started with the first job that needs them. */
export function openScriptWorkers(options: ScriptWorkerOptions): ScriptWorkers {
  const { wire, dialect } = options;
  if (options.workers === 0) return createInlineVerifier({ wire, dialect });
  const threads = Array.from({ length: options.workers }, () => createThread({ wire, dialect }));

  const send = async (part: readonly ScriptJob[]) => {
    const idle = threads.reduce((least, next) => (next.load() < least.load() ? next : least));
    return idle.run(part);
  };
  const gathering = createGathering(send);

  return {
    async verify(jobs) {
      const parts = cutParts(jobs, INPUTS_PER_PART).map((part) =>
        inputsOf(part) < INPUTS_PER_PART ? gathering.add(part) : send(part),
      );
      // Every part is waited for, so that none can reject unheard after the first did.
      const settled = await Promise.allSettled(parts);
      return settled.flatMap((part) => {
        if (part.status === "rejected") throw part.reason;
        return part.value;
      });
    },
    async [Symbol.asyncDispose]() {
      gathering.send();
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}

interface Gathering {
  /** Outcomes of these jobs, which go on their way this turn of the event loop or at its end. */
  add(jobs: readonly ScriptJob[]): Promise<ScriptOutcome[]>;
  /** Send what waits now. */
  send(): void;
}

/** Small parts, of one block after the other, in one message. */
function createGathering(run: (jobs: readonly ScriptJob[]) => Promise<ScriptOutcome[]>): Gathering {
  let jobs: ScriptJob[] = [];
  let inputs = 0;
  let outcomes = Promise.withResolvers<ScriptOutcome[]>();

  const send = () => {
    if (jobs.length === 0) return;
    outcomes.resolve(run(jobs));
    jobs = [];
    inputs = 0;
    outcomes = Promise.withResolvers();
  };

  return {
    async add(part) {
      const { promise } = outcomes;
      const from = jobs.length;
      if (from === 0) onNextTurn(send);
      jobs.push(...part);
      inputs += inputsOf(part);
      if (inputs >= INPUTS_GATHERED) send();
      return (await promise).slice(from, from + part.length);
    },
    send,
  };
}

function inputsOf(jobs: readonly ScriptJob[]): number {
  return jobs.reduce((sum, { prevouts }) => sum + prevouts.length, 0);
}

function createInlineVerifier(rules: ScriptRules): ScriptWorkers {
  return {
    ...createInlineScripts(rules),
    async [Symbol.asyncDispose]() {
      // Nothing is held.
    },
  };
}

interface Pending {
  readonly jobs: number;
  readonly inputs: number;
  readonly resolve: (outcomes: ScriptOutcome[]) => void;
  readonly reject: (fault: StoreFault) => void;
}

interface Thread {
  /** Inputs sent and not yet answered. */
  load(): number;
  run(jobs: readonly ScriptJob[]): Promise<ScriptOutcome[]>;
  stop(): Promise<void>;
}

function createThread(rules: ScriptRules): Thread {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let load = 0;
  let nextId = 0;

  const fail = (cause: unknown) => {
    worker = undefined;
    load = 0;
    const fault = new StoreFault("a verifying worker died", { retryable: true, cause });
    for (const { reject } of pending.values()) reject(fault);
    pending.clear();
  };

  const start = (): Worker => {
    const started = new Worker(new URL("./script-worker.ts", import.meta.url), {
      workerData: rules,
    });
    started.on("message", (answer: ScriptAnswer) => {
      const waiting = pending.get(answer.id);
      if (waiting === undefined) return;
      pending.delete(answer.id);
      load -= waiting.inputs;
      const outcomes = outcomesOf(answer, waiting.jobs);
      if (outcomes.ok) waiting.resolve(outcomes.value);
      else waiting.reject(outcomes.error);
    });
    started.on("error", fail);
    started.on("exit", (status) => {
      if (worker === started) fail(new RangeError(`exit status ${status}`));
    });
    return started;
  };

  return {
    load: () => load,
    run(jobs) {
      worker ??= start();
      const running = worker;
      const id = nextId++;
      const inputs = inputsOf(jobs);
      load += inputs;
      return new Promise((resolve, reject) => {
        pending.set(id, { jobs: jobs.length, inputs, resolve, reject });
        const request: ScriptRequest = { id, jobs: packJobs(jobs) };
        running.postMessage(request, [request.jobs.buffer as ArrayBuffer]);
      });
    },
    async stop() {
      const stopping = worker;
      worker = undefined;
      await stopping?.terminate();
      if (pending.size > 0) fail(new RangeError("stopped"));
    },
  };
}
