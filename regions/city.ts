/**
 * One place the fleet runs. Facts only: no construct, no client and no environment is named here.
 */
export interface City {
  /** Three lower-case letters: the stack suffix, the metric dimension and the path `/c/<code>`. */
  readonly code: string;
  readonly name: string;
  readonly host: AwsHost | ExternalHost;
  /** Cities of one wave are deployed together; 0 goes first and alone. */
  readonly wave: 0 | 1 | 2 | 3;
  /** Decimal degrees, WGS 84, north positive. */
  readonly latitude: number;
  /** Decimal degrees, WGS 84, east positive. */
  readonly longitude: number;
  /** IANA zone, for display and maintenance windows only: every stored time is UTC. */
  readonly timeZone: string;
}

/** Functions, queues and tables of one AWS region. */
export interface AwsHost {
  readonly kind: "aws";
  readonly region: `${string}-${string}-${number}`;
  /** Where tasks may run; letters differ between accounts, ids do not. */
  readonly zoneIds: readonly [string, string];
}

/** One machine elsewhere that runs the container with embedded stores. */
export interface ExternalHost {
  readonly kind: "external";
  readonly provider: "digitalocean" | "vultr";
  /** As the provider names it. */
  readonly region: string;
}
