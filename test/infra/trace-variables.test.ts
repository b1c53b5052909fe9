import { describe, expect, it } from "vitest";
import { FUNCTION_SHAPES, TASK_SHAPES } from "#infra/functions.ts";
import { TRACE_ENDPOINT, traceVariables } from "#infra/trace-variables.ts";
import { readTraceSettings, TRACE_VARIABLES } from "#shared/adapters/aws/trace-settings.ts";
import { TRACE_ENDPOINT as READ_BY_FUNCTIONS } from "#shared/ports/traces.ts";

const TRACES = { endpoint: "https://traces.example.org/otlp", percent: 1 };
const CITY = { EXOS_ENVIRONMENT: "test", EXOS_CITY: "syd" };
/** Whoever traces: what streams and loads does not. */
const TRACED =
  "check connect index-follow ingest mempool mempool-follow rpc stake-sign watch".split(" ");

describe("what a city is told of its traces", () => {
  it("is what its functions and its peer process read, and nothing where it has none", () => {
    const variables = { ...CITY, ...traceVariables({ code: "syd", traces: TRACES }) };
    const read = readTraceSettings({ ...variables, AWS_REGION: "ap-southeast-2" }, "check");
    expect(read).toMatchObject(TRACES);
    expect(read?.resource).toEqual({
      "service.namespace": "exos",
      "service.name": "exos-check",
      "deployment.environment.name": "test",
      "exos.city": "syd",
      "cloud.provider": "aws",
      "cloud.region": "ap-southeast-2",
    });
    expect(traceVariables({ code: "syd" })).toEqual({});
    expect(readTraceSettings(CITY, "check")).toBeUndefined();
    const half = { ...CITY, EXOS_TRACES: TRACES.endpoint };
    expect(() => readTraceSettings(half, "check")).toThrow("EXOS_TRACES_PERCENT is missing");
    const shapes = { ...FUNCTION_SHAPES, ingest: TASK_SHAPES.ingest };
    const reading = Object.entries(shapes).flatMap(([name, { optional = [] }]) =>
      TRACE_VARIABLES.every((variable) => optional.includes(variable)) ? [name] : [],
    );
    expect(reading.sort()).toEqual(TRACED);
  });

  it("is refused before it is deployed by the very pattern that its functions refuse it by", () => {
    expect(TRACE_ENDPOINT).toEqual(READ_BY_FUNCTIONS);
  });

  it.each([
    ["an address that is none", { ...TRACES, endpoint: "traces.example.org:4318" }, "no address"],
    ["one with a login", { ...TRACES, endpoint: "https://a:b@traces.example.org" }, "no address"],
    [
      "one with a query",
      { ...TRACES, endpoint: "https://traces.example.org/?key=1" },
      "no address",
    ],
    ["one with a mark", { ...TRACES, endpoint: "https://traces.example.org/#a" }, "no address"],
    ["a part of one", { ...TRACES, percent: 0.5 }, "0 to 100"],
    ["more than all", { ...TRACES, percent: 101 }, "0 to 100"],
  ])("is refused with %s", (_, traces, said) => {
    expect(() => traceVariables({ code: "syd", traces })).toThrow(said);
  });
});
