import type { EnvironmentName } from "./environment.ts";

/** What only the deployer knows. Everything else in `regions/` is the same for everybody. */
export interface Deployment {
  /**
   * Account of each environment, twelve digits: all its cities on AWS stand in it, beside the edge, the
   * releases and who may deploy them. What is to stand elsewhere is an environment of its own.
   */
  readonly accounts: Readonly<Partial<Record<EnvironmentName, string>>>;
  /** DNS zone of the fleet, such as `exos.example`: cities are `<code>.seed.<zone>` to peers. */
  readonly zone: DnsZone | undefined;
  /** Where alarms go. */
  readonly alarms: AlarmTarget | undefined;
  /** The only address that staked money may be swept to, of each environment's chain. */
  readonly sweepAddresses: Readonly<Partial<Record<EnvironmentName, string>>>;
  /** Public key that releases are signed with: 32 bytes of Ed25519 in hex. */
  readonly releaseKey: string | undefined;
  /**
   * Caddy, which holds the certificate of a city outside AWS, by digest: `caddy@sha256:…`, as
   * `docker pull caddy:2` prints it.
   */
  readonly proxyImage: string | undefined;
  /** Who logs in to machines outside AWS; without him nobody does, and no port is open for it. */
  readonly operator: Operator | undefined;
  /**
   * Hosts that the edge asks, of answers by a city's code, of streams by `<code>-events`. Those of AWS
   * cities are read off their stacks: here stands what else is to be asked, such as a machine.
   */
  readonly origins: Readonly<Record<string, string>>;
  /** ARN of the edge's KeyValueStore, where two cities write health. It is read off the edge's stack. */
  readonly vector: string | undefined;
  /** Who deploys by a pipeline; an environment without an entry is deployed by hand alone. */
  readonly deployRoles: Readonly<Partial<Record<EnvironmentName, DeployRoles>>>;
}

/** Whose word lets a pipeline deploy, so that it holds no key: an issuer of OpenID Connect. */
export interface DeployRoles {
  /** Such as `https://token.actions.githubusercontent.com`, without a slash at its end. */
  readonly issuer: string;
  /** Whom its tokens are meant for, such as `sts.amazonaws.com`. */
  readonly audience: string;
  /** Who deploys each wave, by its number: the subject of his tokens, letter by letter. */
  readonly subjects: Readonly<Record<number, string>>;
  /** Marks an issuer that the account trusts already: it can be told of each only once. */
  readonly known?: true;
}

/** Whom a machine lets in by ssh, from one network alone. It learns of him when it is made. */
export interface Operator {
  /** A public key as `ssh-keygen -t ed25519` writes it: `ssh-ed25519 AAAA…`. */
  readonly key: string;
  /** Where he comes from, such as `198.51.100.0/24` or `2001:db8::/48`. */
  readonly network: string;
}

/** A zone in Route 53 and its certificate. */
export interface DnsZone {
  readonly name: string;
  /** Of the hosted zone, such as `Z0123456789ABCDEFGHIJ`. */
  readonly id: string;
  /** ARN of the certificate for the zone and `*.<zone>`, in us-east-1 of the account it is for. */
  readonly certificate: string;
}

/**
 * Subscribed to each city's topic of alarms. It stands in the templates, so whoever may read these
 * knows it: a webhook has to judge what reaches it by SNS's signature, not by who knows its address.
 *
 * @source AWS SNS, "Verifying the signatures of Amazon SNS messages"
 */
export type AlarmTarget =
  | { readonly kind: "mail"; readonly address: string }
  | { readonly kind: "webhook"; readonly url: string };

/**
 * Yours: fill it in as `deployment.example.ts` shows. `exos fleet plan` names what is missing; what
 * is synthesised without it stands on the example.
 */
export const DEPLOYMENT: Deployment = {
  accounts: { local: "000000000000" },
  zone: undefined,
  alarms: undefined,
  // Of a wallet that everybody knows: what a city on this machine stakes is worth nothing.
  sweepAddresses: { local: "XBxPQk8V7ZJfwitgKHu6Nmw9bBQMTjUtg9" },
  releaseKey: undefined,
  proxyImage: undefined,
  operator: undefined,
  origins: {},
  vector: undefined,
  deployRoles: {},
};
