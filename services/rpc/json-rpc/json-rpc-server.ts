import { setImmediate } from "node:timers/promises";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { RATE_UNITS_MAX } from "#services/rpc/http/rate-limit.ts";
import { withinTime } from "#services/rpc/http/within-time.ts";
import { readJson } from "#services/rpc/json/read-json.ts";
import type { Method } from "#services/rpc/json-rpc/method.ts";
import { type BadCall, type Call, parseCall } from "#services/rpc/json-rpc/parse-call.ts";
import {
  CATALOGUE_CODES,
  httpStatusOf,
  RPC_CODES,
  type RpcError,
  refuse,
} from "#services/rpc/json-rpc/rpc-error.ts";
import { ANSWER_BYTES_MAX, limitsOf, REQUEST_SECONDS_MAX } from "#services/rpc/limits.ts";
import type { Refusal } from "#services/rpc/problems.ts";
import type { Session } from "#services/rpc/session.ts";
import { toldOfFault } from "#services/rpc/told-of-fault.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";
import type { Result } from "#shared/primitives/result.ts";

/** What goes back over HTTP. */
export interface RpcReply {
  readonly status: number;
  /** JSON text; nothing for notifications. */
  readonly body: string | undefined;
  /** Row of the catalogue, where the whole request failed with one error. */
  readonly error: ErrorCode | undefined;
  /** Why nothing of it was done. */
  readonly refusal?: Refusal;
}

/** Who asks, and what of the node this request sees. */
export interface Caller {
  readonly session: Session;
  /** Names the request in the log. */
  readonly requestId: string;
  /** Monotonic milliseconds at which the request came. */
  readonly startedMs: number;
  /** The wallet that the path names. */
  readonly wallet: string | undefined;
  /** Whether the login may use this method. */
  mayCall(method: string): boolean;
  /** Take units from whoever asks. @returns why he is refused */
  charge(units: number): Refusal | undefined;
}

type Outcome = Result<unknown, RpcError>;

/** Bytes kept free for each call of a batch, so that one that is not answered can say why. */
const REFUSAL_BYTES = 256;

const LATE = refuse(RPC_CODES.misc, `Took longer than ${REQUEST_SECONDS_MAX} s`);
const TOO_LARGE = refuse(RPC_CODES.misc, `The answer is over ${ANSWER_BYTES_MAX} bytes`);
const NOT_RUN = refuse(
  RPC_CODES.misc,
  `Not run: the answer to the batch would be over ${ANSWER_BYTES_MAX} bytes`,
);

/** Methods that the reference had and this node leaves out, with what takes their place. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ["getwork", "generate on development networks"],
  ["getworkex", "generate on development networks"],
  ["setgenerate", "generate on development networks"],
  ["sendalert", "nothing: alerts are gone from the protocol"],
  ["makekeypair", "the command line's wallet"],
  ["checkwallet", "exos repair"],
  ["repairwallet", "exos repair"],
  ["resendtx", "sendrawtransaction"],
  ["move", "labels, which hold no balance of their own"],
]);

/** Answers JSON-RPC bodies of a caller that was let in. */
export class JsonRpcServer {
  readonly #deps: RpcDeps;
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #shown: ReadonlyMap<string, Method>;

  constructor(deps: RpcDeps, methods: readonly Method[]) {
    this.#deps = deps;
    const missing = {
      ...{ public: false, local: false },
      development: deps.control.development === undefined,
      wallet: deps.wallets === undefined,
    };
    const isCity = deps.access.kind === "city";
    const offered = methods.filter(({ reach }) => isCity || !missing[reach]);
    this.#methods = byName(offered);
    this.#shown = isCity ? byName(offered.filter(({ inCity }) => inCity)) : this.#methods;
  }

  /** @param body one call or an array of them, of any bytes */
  async answer(body: Uint8Array, caller: Caller): Promise<RpcReply> {
    const read = readJson(body);
    if (!read.ok) {
      const { error } = refuse(RPC_CODES.parse, `Parse error: ${read.error}`);
      return whole({ version: "1.0", id: null }, error);
    }
    // The first unit was taken when the request came.
    const units = this.#costOf(read.value) - 1;
    const refusal = units > 0 ? caller.charge(units) : undefined;
    if (refusal !== undefined) return { status: 429, body: undefined, error: undefined, refusal };
    if (!Array.isArray(read.value)) return this.#single(read.value, caller);
    return this.#batch(read.value, caller);
  }

  /** Units of one call, or half the sum of a batch, as far as it is within its limit. */
  #costOf(value: unknown): number {
    if (Array.isArray(value)) {
      const calls = value.slice(0, limitsOf(this.#deps.access).rpcBatchCalls);
      const sum = calls.reduce<number>((units, call) => units + this.#costOf(call), 0);
      return Math.min(RATE_UNITS_MAX, Math.ceil(sum / 2));
    }
    const call = parseCall(value);
    return call.ok ? (this.#methods.get(call.value.method)?.cost ?? 1) : 1;
  }

  async #single(value: unknown, caller: Caller): Promise<RpcReply> {
    const parsed = parseCall(value);
    if (!parsed.ok) return whole(parsed.error, parsed.error.error);
    const call = parsed.value;
    const outcome = await this.#run(call, caller);
    if (call.version === "2.0" && call.id === undefined) {
      return { status: 204, body: undefined, error: undefined };
    }
    if (!outcome.ok) return whole(call, outcome.error);
    return { status: 200, body: JSON.stringify(shape(call, outcome)), error: undefined };
  }

  async #batch(values: readonly unknown[], caller: Caller): Promise<RpcReply> {
    const refused = refuseBatch(values, limitsOf(this.#deps.access).rpcBatchCalls);
    if (refused !== undefined) return whole({ version: "1.0", id: null }, refused);
    const answers: string[] = [];
    let bytesLeft = ANSWER_BYTES_MAX - values.length * REFUSAL_BYTES;
    for (const value of values) {
      // Stores that answer at once let nobody else have a turn, were it for a thousand calls.
      await setImmediate();
      const parsed = parseCall(value);
      const echo = parsed.ok ? parsed.value : parsed.error;
      const outcome = await this.#outcomeOf(parsed, bytesLeft, caller);
      if (parsed.ok && echo.version === "2.0" && echo.id === undefined) continue;
      const text = JSON.stringify(shape(echo, outcome));
      const bytes = Buffer.byteLength(text);
      const fits = bytesLeft <= 0 || bytes <= bytesLeft;
      answers.push(fits ? text : JSON.stringify(shape(echo, TOO_LARGE)));
      bytesLeft = fits ? bytesLeft - bytes : 0;
    }
    const body = answers.length === 0 ? undefined : `[${answers.join(",")}]`;
    return { status: body === undefined ? 204 : 200, body, error: undefined };
  }

  /** @param bytesLeft of the answer to the batch; without any, nothing more is run */
  async #outcomeOf(
    parsed: Result<Call, BadCall>,
    bytesLeft: number,
    caller: Caller,
  ): Promise<Outcome> {
    if (!parsed.ok) return { ok: false, error: parsed.error.error };
    return bytesLeft <= 0 ? NOT_RUN : this.#run(parsed.value, caller);
  }

  async #run(call: Call, caller: Caller): Promise<Outcome> {
    const method = this.#methods.get(call.method);
    if (method === undefined) return unknownMethod(call.method);
    const { traces } = this.#deps;
    if (traces === undefined) return this.#call(method, call, caller);
    const attributes = { "rpc.system": "jsonrpc", "rpc.method": method.name };
    return traces.span({ name: method.name, kind: "internal", attributes }, async (span) => {
      const outcome = await this.#call(method, call, caller);
      if (!outcome.ok) span.fail(String(outcome.error.code));
      return outcome;
    });
  }

  async #call(method: Method, call: Call, caller: Caller): Promise<Outcome> {
    const { session } = caller;
    const { stores, chain } = session;
    if (stores === undefined) return refuse(RPC_CODES.starting, "Stores are opening");
    const isCity = this.#deps.access.kind === "city";
    if (isCity && !method.inCity) return forbidInCity(method.name);
    if (!caller.mayCall(method.name)) return forbid(method.name);
    const { calls, clock } = this.#deps;
    const startedMs = clock.elapsedMs();
    // Whoever runs a city ends it at a time of his own: there one deadline holds for all calls.
    const spentMs = isCity ? startedMs - caller.startedMs : 0;
    const secondsLeft = REQUEST_SECONDS_MAX - spentMs / 1000;
    if (secondsLeft <= 0) return LATE;
    const running = { method: method.name, startedMs };
    calls.add(running);
    try {
      const context = {
        deps: this.#deps,
        stores,
        methods: this.#shown,
        chain,
        wallet: caller.wallet,
      };
      const answer = method.call(call.parameters, context);
      if (method.reach === "public") return await withinTime(answer, secondsLeft, LATE);
      // What needs a login may mine or stop, and take as long as it takes; a city asks for none.
      const outcome = isCity ? await withinTime(answer, secondsLeft, LATE) : await answer;
      session.forget();
      return outcome;
    } catch (fault) {
      return this.#failed(fault, { method: method.name, requestId: caller.requestId });
    } finally {
      calls.delete(running);
    }
  }

  #failed(fault: unknown, about: { readonly method: string; readonly requestId: string }): Outcome {
    const err = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    if (fault instanceof StoreFault) {
      this.#deps.log.error(fault.code ?? "EXOS-E1000", "A store failed a call", { ...about, err });
      return refuse(RPC_CODES.store, toldOfFault(fault, this.#deps, about.requestId));
    }
    this.#deps.log.error("EXOS-E9001", "A call met a fault of this program", { ...about, err });
    return refuse(RPC_CODES.internal, "Internal error: see the node's log");
  }
}

function byName(methods: readonly Method[]): ReadonlyMap<string, Method> {
  return new Map(methods.map((method) => [method.name, method]));
}

function refuseBatch(values: readonly unknown[], callsMax: number): RpcError | undefined {
  if (values.length === 0) return refuse(RPC_CODES.invalidRequest, "Empty batch").error;
  if (values.length <= callsMax) return undefined;
  return refuse(
    RPC_CODES.invalidRequest,
    `A batch of ${values.length} calls is over the limit of ${callsMax}`,
  ).error;
}

function unknownMethod(name: string): Outcome {
  const instead = REPLACED.get(name);
  const tail = instead === undefined ? "" : `. Use instead: ${instead}`;
  return refuse(RPC_CODES.unknownMethod, `Method not found${tail}`);
}

function forbid(name: string): Outcome {
  const { error } = refuse(RPC_CODES.misc, `This login may not call ${name}`);
  return { ok: false, error: { ...error, catalogue: "EXOS-E4030" } };
}

function forbidInCity(name: string): Outcome {
  const { error } = refuse(RPC_CODES.misc, `A city does not answer ${name}: call a node of yours`);
  return { ok: false, error: { ...error, catalogue: "EXOS-E4030" } };
}

type Echo = Pick<BadCall, "version" | "id">;

/** A request that failed as a whole. Calls of 2.0 are answered with 200 whatever became of them. */
function whole(echo: Echo, error: RpcError): RpcReply {
  const strict = echo.version === "2.0" && error.code !== RPC_CODES.starting;
  return {
    status: strict ? 200 : httpStatusOf(error),
    body: JSON.stringify(shape(echo, { ok: false, error })),
    error: error.catalogue ?? CATALOGUE_CODES[error.code],
  };
}

function shape({ version, id }: Echo, outcome: Outcome): object {
  const echoed = id === undefined ? null : id;
  if (version === "1.0") {
    const result = outcome.ok ? outcome.value : null;
    return { result, error: outcome.ok ? null : errorMember(outcome.error), id: echoed };
  }
  return outcome.ok
    ? { jsonrpc: "2.0", result: outcome.value, id: echoed }
    : { jsonrpc: "2.0", error: errorMember(outcome.error), id: echoed };
}

function errorMember({ code, message }: RpcError): object {
  return { code, message };
}
