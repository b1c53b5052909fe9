import { createHmac } from "node:crypto";
import vm from "node:vm";

/** What the runtime offers beside the objects of ECMAScript 5.1. */
const GLOBALS_BEYOND_ES5 = ["Promise", "ArrayBuffer", "Uint8Array", "DataView", "Symbol"];
const GLOBALS_ES5 =
  "Object Function Array String Boolean Number Date RegExp Error EvalError RangeError " +
  "ReferenceError SyntaxError TypeError URIError Math JSON parseInt parseFloat isNaN isFinite " +
  "decodeURI decodeURIComponent encodeURI encodeURIComponent undefined NaN Infinity globalThis";

/** Methods that the runtime lists; V8 has more, and they are taken away. */
const METHODS: Readonly<Record<string, string>> = {
  "Array.prototype":
    "concat copyWithin every fill filter find findIndex forEach includes indexOf join " +
    "lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice unshift " +
    "toString",
  "String.prototype":
    "charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf match repeat " +
    "replace replaceAll search slice split startsWith substr substring toLowerCase toString " +
    "toUpperCase trim trimEnd trimStart padEnd padStart valueOf",
  "RegExp.prototype": "exec test toString",
  Number: "isFinite isInteger isNaN isSafeInteger parseFloat parseInt",
  Math:
    "abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround " +
    "hypot imul log log10 log1p log2 max min pow random round sign sin sinh sqrt tan tanh trunc",
};

const TAKE_AWAY = `(globals, methods) => {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!globals.includes(name)) delete globalThis[name];
  }
  for (const [path, allowed] of methods) {
    const holder = path.split(".").reduce((at, name) => at[name], globalThis);
    for (const name of Object.getOwnPropertyNames(holder)) {
      const isMethod = typeof Object.getOwnPropertyDescriptor(holder, name).value === "function";
      if (isMethod && name !== "constructor" && !allowed.includes(name)) delete holder[name];
    }
  }
}`;

/** One origin, or two, as the function chose them. */
export interface EdgeChoice {
  readonly origins: readonly string[];
  readonly statusCodes: readonly number[];
}

/** A viewer's request, as CloudFront gives it to a function. */
export interface EdgeEvent {
  readonly viewer: { readonly ip: string };
  readonly request: {
    readonly method: string;
    readonly uri: string;
    readonly headers: Record<string, { readonly value: string }>;
  };
}

/** What the function made of a request. */
export interface EdgeAnswer {
  readonly choice: EdgeChoice | undefined;
  readonly request: EdgeEvent["request"];
}

/**
 * Answers of an origin after which CloudFront may be told to ask another.
 * @source Amazon CloudFront Developer Guide, "Create an origin group"
 */
const FAILOVER_CODES = [400, 403, 404, 416, 500, 502, 503, 504];

const IMPORT = /import (\w+) ?from ?"(crypto|cloudfront)";/g;

/**
 * Run a CloudFront Function with nothing but what runtime 2.0 has.
 * @param store entries of the associated KeyValueStore
 */
export function openEdgeRuntime(
  source: string,
  store: ReadonlyMap<string, string>,
): (event: EdgeEvent) => Promise<EdgeAnswer> {
  const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
  const takeAway = vm.runInContext(TAKE_AWAY, context);
  const globals = [...GLOBALS_ES5.split(" "), ...GLOBALS_BEYOND_ES5];
  takeAway(
    globals,
    Object.entries(METHODS).map(([path, names]) => [path, names.split(" ")]),
  );
  let choice: EdgeChoice | undefined;
  const cloudfront = {
    kvs: () => ({
      async get(key: string) {
        const value = store.get(key);
        if (value === undefined) throw new Error("KeyNotFound");
        return value;
      },
    }),
    selectRequestOriginById(id: string) {
      choice = { origins: [id], statusCodes: [] };
    },
    createRequestOriginGroup(group: {
      originIds: { originId: string }[];
      failoverCriteria: { statusCodes: number[] };
    }) {
      if (group.originIds.length !== 2) throw new RangeError("an origin group has two origins");
      const { statusCodes } = group.failoverCriteria;
      const strange = statusCodes.filter((code) => !FAILOVER_CODES.includes(code));
      if (strange.length > 0) throw new RangeError(`no criterion of fail-over: ${strange}`);
      const origins = group.originIds.map(({ originId }) => originId);
      choice = { origins: [...origins], statusCodes: [...statusCodes] };
    },
  };
  const modules = { crypto: { createHmac }, cloudfront };
  const body = source.replace(IMPORT, "const $1=modules.$2;");
  const wrapped = `"use strict";(function(modules){${body};return handler;})`;
  const handler = vm.runInContext(wrapped, context)(modules);
  return async (event) => {
    choice = undefined;
    const request = await handler(event);
    return { choice, request };
  };
}
