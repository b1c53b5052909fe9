import type { EnvironmentName } from "./environment.ts";

/**
 * One place the fleet runs. Facts only: no construct, no client and no environment is named here.
 */
export interface City {
  /** Three lower-case letters: part of every name, the metric dimension and the path `/c/<code>`. */
  readonly code: string;
  readonly name: string;
  readonly host: AwsHost | ExternalHost;
  /** Cities of one wave are deployed together; 0 goes first and alone. */
  readonly wave: 0 | 1 | 2 | 3;
  /** Where it is deployed. */
  readonly environments: readonly EnvironmentName[];
  /**
   * Whether callers come through the fleet's edge, and are refused otherwise. `false` is an open
   * door: in `local` only.
   */
  readonly edge: boolean;
  /** Whether it holds a staking key and mints; a key costs $1 a month. */
  readonly staking: boolean;
  /** Whether it runs the queues and handlers of the compute market. */
  readonly market: boolean;
  /** Where it sends traces; nowhere, and nothing is recorded, where it does not say so. */
  readonly traces?: CityTraces;
  /** Decimal degrees, WGS 84, north positive. */
  readonly latitude: number;
  /** Decimal degrees, WGS 84, east positive. */
  readonly longitude: number;
  /** IANA zone, for display and maintenance windows only: every stored time is UTC. */
  readonly timeZone: string;
}

/** A collector of OpenTelemetry, reached from the city's functions and tasks, or its machine. */
export interface CityTraces {
  /** Base of OTLP over HTTP, without a login: `https://traces.example` for `…/v1/traces`. */
  readonly endpoint: string;
  /** How many of a hundred traces are recorded: whole, 0 to 100; 1 is the design's. */
  readonly percent: number;
}

/** Functions, queues and tables of one AWS region. */
export interface AwsHost {
  readonly kind: "aws";
  readonly region: `${string}-${string}-${number}`;
  /** Where tasks may run; letters differ between accounts, ids do not. */
  readonly zoneIds: readonly [string, string];
  /** What answers callers. A Lambda Web Function is new: its prices and regions are unconfirmed. */
  readonly rpc: "function-url" | "web-function";
  /** How peers reach the task: its own address, or a balancer with two that stay ($24 a month). */
  readonly ingress: "task" | "nlb";
  /** Whether its `watch` asks all cities for their health and writes the edge's vector. */
  readonly watcher: boolean;
  /** Marks a second city in the same account and region, which is refused otherwise. */
  readonly virtual?: true;
}

/** One machine elsewhere that runs the container with embedded stores. */
export interface ExternalHost {
  readonly kind: "external";
  readonly provider: "digitalocean" | "vultr";
  /** As the provider names it. */
  readonly region: string;
}
