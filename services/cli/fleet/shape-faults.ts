import * as z from "zod";
import type { Deployment } from "#regions/deployment.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import { parseAddress } from "#shared/script/address.ts";

const text = (pattern: RegExp, what: string) => z.string(what).regex(pattern, what);

/** As a host and a zone are named, without a dot at the end. */
const NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** One for each environment, as far as there is one. */
const byEnvironment = (of: (name: EnvironmentName) => z.ZodType) =>
  z.strictObject(
    { prod: of("prod").optional(), test: of("test").optional(), local: of("local").optional() },
    "an object with prod, test or local, each as far as it is used",
  );

function sweepAddress(name: EnvironmentName) {
  const { network } = ENVIRONMENTS[name];
  const format = NETWORKS[network]?.addresses;
  const what = `an address of ${network}, in quotes`;
  return z.string(what).refine((said) => format && parseAddress(said, format), what);
}

/** The account of an environment. */
export const ACCOUNT = text(/^\d{12}$/, "twelve digits in quotes");

const ZONE = z.strictObject(
  {
    name: text(NAME, "a name such as exos.example, with no dot at its end"),
    id: text(/^Z[A-Z0-9]{1,31}$/, "a hosted zone, such as Z0123456789ABCDEFGHIJ"),
    certificate: text(
      /^arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
      "the ARN of a certificate in us-east-1, arn:aws:acm:us-east-1:…",
    ),
  },
  "an object with name, id and certificate, or undefined",
);

const ALARMS = z.union(
  [
    z.strictObject({
      kind: z.literal("mail"),
      address: text(/^[^\s@]+@[^\s@]+$/, "an address of mail"),
    }),
    z.strictObject({
      kind: z.literal("webhook"),
      url: text(/^https:\/\/[^\s/]+/, "an address that begins with https://"),
    }),
  ],
  '{ kind: "mail", address: "…@…" }, { kind: "webhook", url: "https://…" } or undefined',
);

const NETWORK = "a network and its bits, such as 198.51.100.0/24, and not all of them";
const OPERATOR = z.strictObject(
  {
    key: text(
      /^(sk-)?(ssh-ed25519|ecdsa-sha2-nistp256)(@openssh\.com)? [A-Za-z0-9+/]{60,}={0,2}( [\w.@+-]+)?$/,
      "a public key of ssh, ssh-ed25519 AAAA…, on one line",
    ),
    network: z
      .union([z.cidrv4(), z.cidrv6()], NETWORK)
      .refine((said) => !said.endsWith("/0"), NETWORK),
  },
  "an object with key and network, or undefined",
);

const SHAPE = z.object({
  accounts: byEnvironment(() => ACCOUNT),
  zone: ZONE.optional(),
  alarms: ALARMS.optional(),
  sweepAddresses: byEnvironment(sweepAddress),
  releaseKey: text(
    /^[0-9a-f]{64}$/i,
    "32 bytes of Ed25519 in hex: 64 digits from 0 to f",
  ).optional(),
  proxyImage: text(
    /^[a-z0-9][\w./:-]*@sha256:[0-9a-f]{64}$/,
    "by its digest, caddy@sha256:… with 64 digits from 0 to f",
  ).optional(),
  operator: OPERATOR.optional(),
  origins: z.record(
    z.string().regex(/^[a-z]{3}(-events)?$/),
    text(NAME, "a host alone, without https:// and port"),
    "hosts by a city's three letters, or by these and -events: where it streams",
  ),
  vector: text(
    /^arn:aws[\w-]*:cloudfront::\d{12}:key-value-store\/[\w-]+$/,
    "the ARN of a KeyValueStore, arn:aws:cloudfront::…",
  ).optional(),
  deployRoles: z.record(
    z.string(),
    z.looseObject({}, "an object with issuer, audience and subjects"),
    "an object by environment",
  ),
});

/**
 * Facts of the deployer that are not what they should look like, a sentence each, naming the field:
 * his file is read without its types. What is missing is no fault of shape.
 */
export function shapeFaults(deployment: Deployment): string[] {
  const issues = SHAPE.safeParse(deployment).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}
