import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { DEPLOYMENT } from "#regions/deployment.ts";
import { askedFleet } from "#services/cli/fleet/asked-fleet.ts";
import { checkDeployment } from "#services/cli/fleet/check-deployment.ts";
import { renderNamed } from "#services/cli/fleet/render-named.ts";
import { createTerminal } from "#services/cli/terminal.ts";

const OPERATOR_KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)} me@exos.example`;
const { zone } = EXAMPLE_DEPLOYMENT;
/** As the deployer's file is read, which nobody compiles: whatever it says. */
const withFacts = (facts: object) => Object.assign({ ...EXAMPLE_DEPLOYMENT }, facts);

describe("the deployer's facts", () => {
  it("are well as the example shows them, as the tree has them, and as a machine needs them", () => {
    const whole = {
      alarms: { kind: "webhook", url: "https://alarms.exos.example/in" },
      sweepAddresses: DEPLOYMENT.sweepAddresses,
      releaseKey: "5B".repeat(32),
      operator: { key: OPERATOR_KEY, network: "198.51.100.0/24" },
      proxyImage: `docker.io/library/caddy:2@sha256:${"ab".repeat(32)}`,
    };
    for (const facts of [EXAMPLE_DEPLOYMENT, DEPLOYMENT, withFacts(whole)]) {
      expect(() => checkDeployment("prod", facts)).not.toThrow();
    }
  });

  it("are judged before a command works with them, whichever it is", () => {
    const { signal } = new AbortController();
    const terminal = createTerminal({
      ...{ stdout: process.stdout, stderr: process.stderr, json: false, quiet: true },
      elapsedMs: () => 0,
    });
    const context = { options: {}, environment: {}, signal, terminal };
    expect(() => askedFleet(context, withFacts({ zone: "exos.example" }))).toThrow(
      "regions/deployment.ts: zone: an object",
    );
    // The others are handed what one of these has judged.
    const readers = globSync("services/cli/fleet/*.ts").filter((path) =>
      /import \{ DEPLOYMENT\b/.test(readFileSync(path, "utf8")),
    );
    expect(readers.map((path) => basename(path)).toSorted()).toEqual([
      "asked-fleet.ts",
      "render-named.ts",
    ]);
  });

  it.each([
    [{ accounts: { prod: 111122223333 } }, "accounts.prod: twelve digits in quotes"],
    [{ accounts: { prod: "1111-2222-3333" } }, "accounts.prod: twelve digits in quotes"],
    [{ accounts: { prd: "111122223333" } }, "accounts: an object with prod, test or local,"],
    [{ accounts: undefined }, "accounts: an object with prod, test or local,"],
    [{ zone: "exos.example" }, "zone: an object with name, id and certificate,"],
    [{ zone: { ...zone, name: "https://exos.example" } }, "zone.name: a name such as exos.example"],
    [{ zone: { ...zone, name: "exos.example." } }, "zone.name: a name such as exos.example"],
    [{ zone: { ...zone, id: "/hostedzone/Z01" } }, "zone.id: a hosted zone, such as Z01"],
    [
      { zone: { ...zone, certificate: zone?.certificate.replace("us-east-1", "eu-west-1") } },
      "zone.certificate: the ARN of a certificate in us-east-1",
    ],
    [{ alarms: { kind: "email", address: "a@exos.example" } }, 'alarms: { kind: "mail", address'],
    [{ alarms: { kind: "mail", address: "nobody" } }, "alarms.address: an address of mail"],
    [
      { alarms: { kind: "webhook", url: "http://a.example" } },
      "alarms.url: an address that begins",
    ],
    [
      { sweepAddresses: { prod: "nonsense" } },
      "sweepAddresses.prod: an address of exos, in quotes",
    ],
    [
      { sweepAddresses: { prod: DEPLOYMENT.sweepAddresses.local } },
      "sweepAddresses.prod: an address of exos, in quotes",
    ],
    [{ releaseKey: "abc" }, "releaseKey: 32 bytes of Ed25519 in hex: 64 digits"],
    [{ proxyImage: "caddy:2" }, "proxyImage: by its digest, caddy@sha256:…"],
    [{ operator: OPERATOR_KEY }, "operator: an object with key and network, or undefined"],
    [
      { operator: { key: `${OPERATOR_KEY}\n${OPERATOR_KEY}`, network: "2001:db8::/48" } },
      "operator.key: a public key of ssh",
    ],
    [
      { operator: { key: "id_ed25519.pub", network: "192.0.2.7/32" } },
      "operator.key: a public key",
    ],
    [
      { operator: { key: OPERATOR_KEY, network: "192.0.2.7" } },
      "operator.network: a network and its",
    ],
    [{ operator: { key: OPERATOR_KEY, network: "0.0.0.0/0" } }, "operator.network: a network and"],
    [
      { operator: { key: OPERATOR_KEY, network: "any" } },
      "operator.network: a network and its bits",
    ],
    [{ origins: { sydney: "syd.example" } }, "origins.sydney: hosts by a city's three letters"],
    [{ origins: { syd: "https://syd.example" } }, "origins.syd: a host alone, without https://"],
    [{ vector: "store" }, "vector: the ARN of a KeyValueStore"],
    [{ deployRoles: { prod: null } }, "deployRoles.prod: an object with issuer, audience"],
    [{ deployRoles: undefined }, "deployRoles: an object by environment"],
  ])("are refused with %j, by the field and how it should look", (facts, sentence) => {
    const wrong = withFacts(facts);
    const message = expect.stringMatching(/^regions\/deployment\.ts: [^;]*$/);
    const failure = expect.objectContaining({ code: "EXOS-E8004", message });
    expect(() => checkDeployment("prod", wrong)).toThrow(failure);
    expect(() => checkDeployment("prod", wrong)).toThrow(sentence);
    expect(() => renderNamed("ams", "prod", wrong, 0)).toThrow(failure);
  });
});
