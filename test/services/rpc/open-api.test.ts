import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { OPERATIONS_PATHS } from "#services/rpc/operations.ts";
import { ROUTES } from "#services/rpc/routes/all.ts";
import { OPERATION_IDS } from "#services/rpc/routes/places.ts";
import { ERROR_CATALOGUE } from "#shared/primitives/error-catalogue.ts";
import { clientOf } from "../../support/rpc-client.ts";
import { createRpcNode } from "../../support/rpc-node.ts";

const STORED = join(import.meta.dirname, "../../fixtures/openapi-v1.json");

/** What the path promises was dropped or narrowed; whatever was added passes. */
function losses(before: unknown, after: unknown, path = ""): string[] {
  if (Array.isArray(before)) {
    if (!Array.isArray(after)) return [path];
    const kept = new Set(after.map((item) => JSON.stringify(item)));
    return before.flatMap((item) => (kept.has(JSON.stringify(item)) ? [] : [`${path}[]`]));
  }
  if (typeof before === "object" && before !== null) {
    if (typeof after !== "object" || after === null) return [path];
    return Object.entries(before).flatMap(([key, value]) =>
      losses(value, Reflect.get(after, key), `${path}/${key}`),
    );
  }
  const isText = /\/(description|summary|example|title)$/.test(path);
  return before === after || isText ? [] : [path];
}

/** A property that answers newly require is an addition; one that requests newly require is none. */
function newDemands(before: unknown, after: unknown, path = ""): string[] {
  if (typeof before !== "object" || before === null) return [];
  if (typeof after !== "object" || after === null) return [];
  return Object.entries(after).flatMap(([key, value]) => {
    const old: unknown = Reflect.get(before, key);
    const here = `${path}/${key}`;
    const isLimit = /^(maximum|maxLength|maxItems|minimum|minLength|minItems|pattern)$/.test(key);
    if (old === undefined && isLimit && path.includes("/parameters/")) return [here];
    return newDemands(old, value, here);
  });
}

const send = clientOf(await createRpcNode([]));
const { json, headers } = await send("/v1/openapi.json");

it("keeps every promise of the stored document: additions pass, removals fail", () => {
  if (process.env["EXOS_STORE_OPENAPI"] === "1") {
    writeFileSync(STORED, `${JSON.stringify(json, undefined, 2)}\n`);
  }
  const stored: unknown = JSON.parse(readFileSync(STORED, "utf8"));
  const paths = (document: unknown) => Reflect.get(Object(document), "paths");
  expect(losses(paths(stored), paths(json))).toEqual([]);
  expect(newDemands(paths(stored), paths(json))).toEqual([]);
});

it("sees a removal, a narrowing and a new demand", () => {
  const before = { a: { type: "string", enum: ["x", "y"] }, parameters: { p: {} } };
  expect(losses(before, { ...before, b: 1 })).toEqual([]);
  expect(losses(before, { parameters: { p: {} } })).toEqual(["/a"]);
  expect(losses(before, { ...before, a: { type: "string", enum: ["x"] } })).toEqual(["/a/enum[]"]);
  expect(losses(before, { ...before, a: { type: "number", enum: ["x", "y"] } })).toEqual([
    "/a/type",
  ]);
  const narrowed = { ...before, parameters: { p: { maximum: 1 } } };
  expect(newDemands(before, narrowed)).toEqual(["/parameters/p/maximum"]);
});

it("says of every operation who it is, what it costs and how it fails", () => {
  expect(json["openapi"]).toBe("3.1.0");
  expect(headers.get("etag")).toMatch(/^"/);
  const paths = json["paths"] as Record<string, Record<string, Record<string, unknown>>>;
  expect(Object.keys(paths)).toHaveLength(ROUTES.length + OPERATIONS_PATHS.length);
  const ids = new Set<unknown>();
  for (const [path, verbs] of Object.entries(paths)) {
    expect(Object.keys(verbs), path).toHaveLength(1);
    const get = Object.values(verbs)[0] ?? {};
    ids.add(get["operationId"]);
    expect(get["tags"], path).toHaveLength(1);
    expect(get["summary"], path).toMatch(/^[A-Z]/);
    expect(get["x-exos-tier"], path).toBe(1);
    const isLocal = ["/v1/staking/status", "/v1/dev/partition"].includes(path);
    expect(get["x-exos-auth"], path).toBe(isLocal ? "login" : "none");
    expect(get["x-exos-placement"], path).toBe(isLocal ? "local" : "all");
    expect([1, 2, 5, 10, 20], path).toContain(get["x-exos-cost"]);
    const codes = get["x-exos-problems"] as (keyof typeof ERROR_CATALOGUE)[];
    const statuses = new Set(codes.map((code) => String(ERROR_CATALOGUE[code].status)));
    const declared = Object.keys(get["responses"] as object).filter((status) => status !== "200");
    expect(new Set(declared), path).toEqual(statuses);
  }
  expect(ids.size).toBe(Object.keys(paths).length);
});

it("has a route for every place, and no other", () => {
  expect(ROUTES.map(({ operationId }) => operationId)).toEqual(OPERATION_IDS);
});
