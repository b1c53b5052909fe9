import { describe } from "vitest";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { metricsContract } from "./metrics.contract.ts";

describe("prometheus metrics", () => metricsContract(createPrometheusMetrics));
