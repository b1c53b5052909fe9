import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { CITIES } from "#regions/fleet.ts";
import { cityRoleOf } from "#services/cli/city-role-of.ts";
import { COMMANDS, DEFAULT_COMMAND } from "#services/cli/commands.ts";
import { type ExternalCity, nodeArguments } from "#services/cli/fleet/external-city.ts";
import { renderCity } from "#services/cli/fleet/render-city.ts";
import { parseCommandLine } from "#services/cli/parse-command-line.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import { readConfig } from "#services/cli/read-config.ts";
import { traceSettingsOf } from "#services/cli/trace-settings-of.ts";

const { publicKey } = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

const AMSTERDAM: ExternalCity = {
  code: "ams",
  name: "Amsterdam",
  environment: "prod",
  network: "exos",
  peerPort: 4562,
  host: "ams.origin.example.org",
  channelUrl: "https://release.example.org/channel-3.json",
  serialMin: 1_790_000_000,
  releaseKey: publicKey,
  proxyImage: `caddy@sha256:${"ab".repeat(32)}`,
  operator: undefined,
  keyCity: CITIES.find(({ code }) => code === "syd"),
};

/** The part of cloud-init's schema that is used, closed: an unknown key is a mistake. */
const CLOUD_CONFIG = z.strictObject({
  users: z.array(
    z.strictObject({
      name: z.string(),
      uid: z.string().optional(),
      system: z.boolean().optional(),
      lock_passwd: z.literal(true),
      shell: z.string(),
      sudo: z.string().optional(),
      ssh_authorized_keys: z.array(z.string()).optional(),
    }),
  ),
  disable_root: z.literal(true),
  ssh_pwauth: z.literal(false),
  package_update: z.boolean(),
  package_upgrade: z.boolean(),
  packages: z.array(z.string()),
  write_files: z.array(
    z.strictObject({
      path: z.string().startsWith("/"),
      permissions: z.string().regex(/^0[0-7]{3}$/),
      content: z.string(),
    }),
  ),
  runcmd: z.array(z.array(z.string()).min(1)),
});

const rendered = renderCity(AMSTERDAM);
const config = CLOUD_CONFIG.parse(parse(rendered));
const contentOf = (path: string): string =>
  config.write_files.find((file) => file.path === path)?.content ?? "";

describe("the cloud-init of a city outside AWS", () => {
  it("begins as such a file must and has no key that its schema does not know", () => {
    expect(rendered.startsWith("#cloud-config\n")).toBe(true);
    expect(Buffer.byteLength(rendered)).toBeLessThan(16_384);
  });

  it("opens the chain's port and 443, and nothing else", () => {
    const opened = config.runcmd.filter(([, verb]) => verb === "allow").map(([, , port]) => port);
    expect(opened).toEqual(["4562/tcp", "443/tcp"]);
    expect(config.runcmd).toContainEqual(["ufw", "default", "deny", "incoming"]);
  });

  it("carries no secret, and needs none", () => {
    expect(rendered).not.toMatch(/PRIVATE KEY|AKIA|aws_|password/i);
    expect(contentOf("/etc/exos/release.pem")).toBe(publicKey);
  });

  it("says where the key is read that it has not, and where it is written", () => {
    expect(rendered).toContain(`
# aws ssm get-parameter --region ap-southeast-2 --name /exos/prod/syd/edge-key --with-decryption --query Parameter.Value --output text >KEYFILE
# Nobody logs in to it: regions/deployment.ts names no operator. In the provider's rescue system,
# where DISK is this machine's, after the first boot:
# install -o 10001 -m 0400 KEYFILE DISK/etc/exos/secrets/edge-key
`);
  });

  it("lets the operator in from his network alone, where there is one", () => {
    const operator = { key: "ssh-ed25519 AAAA me@exos.example", network: "198.51.100.0/24" };
    const text = renderCity({ ...AMSTERDAM, operator });
    const { users, runcmd } = CLOUD_CONFIG.parse(parse(text));
    expect(users.map(({ name, ssh_authorized_keys }) => [name, ssh_authorized_keys])).toEqual([
      ["exos", undefined],
      ["exos-operator", [operator.key]],
    ]);
    const rule = "ufw allow from 198.51.100.0/24 to any port 22 proto tcp";
    expect(runcmd.map((words) => words.join(" ")).filter((line) => line.includes("22"))).toEqual([
      rule,
    ]);
    expect(text).toContain(
      "# ssh exos-operator@ams.origin.example.org sudo install -o 10001 -m 0400 /dev/stdin /etc/exos/secrets/edge-key <KEYFILE\n",
    );
    expect(text).not.toContain("rescue");
    expect(config.users).toHaveLength(1);
  });

  it("starts the node with arguments that it understands", () => {
    const line = parseCommandLine(nodeArguments(AMSTERDAM), COMMANDS, DEFAULT_COMMAND);
    expect(line).toMatchObject({ unknown: undefined, errors: [], positionals: [] });
    const config = readConfig({ flags: line.flags, environment: {} });
    expect([config.network.name, config.datadir]).toEqual(["exos", "/data"]);
    expect(cityRoleOf(config)).toMatchObject({ code: "ams", release: PROGRAM_VERSION });
    expect(config.integer("port")).toBe(AMSTERDAM.peerPort);
  });

  it("is told where to send traces where the city says so", () => {
    const traces = { endpoint: "https://traces.example.org", percent: 2 };
    const words = nodeArguments({ ...AMSTERDAM, traces });
    const { errors, flags } = parseCommandLine(words, COMMANDS, DEFAULT_COMMAND);
    expect(errors).toEqual([]);
    const settings = (given: typeof flags) =>
      traceSettingsOf(readConfig({ flags: given, environment: {} }), "ams");
    expect(settings(flags)).toMatchObject(traces);
    const untold = parseCommandLine(nodeArguments(AMSTERDAM), COMMANDS, DEFAULT_COMMAND);
    expect(settings(untold.flags)).toBeUndefined();
  });

  it("runs the node as its user, on a read-only root, within its memory, writing to one folder", () => {
    const { services } = parse(contentOf("/etc/exos/compose.yaml"));
    expect(services.node).toMatchObject({
      image: "$EXOS_IMAGE",
      entrypoint: ["node", "services/cli/main.ts"],
      command: nodeArguments(AMSTERDAM),
      user: "10001:10001",
      read_only: true,
      mem_limit: "768m",
      restart: "always",
      cap_drop: ["ALL"],
      environment: { EXOS_RELEASE: "$EXOS_RELEASE" },
      volumes: ["/var/lib/exos:/data", "/etc/exos/secrets:/secrets:ro"],
      ports: ["4562:4562"],
    });
    expect(services.proxy).toMatchObject({ image: AMSTERDAM.proxyImage, ports: ["443:443"] });
  });

  it("follows the signed channel by a timer", () => {
    expect(contentOf("/etc/exos/update.conf")).toContain(`CHANNEL_URL=${AMSTERDAM.channelUrl}\n`);
    expect(contentOf("/etc/exos/update.conf")).toContain("\nSERIAL_MIN=1790000000\n");
    expect(rendered).not.toContain("--serial");
    expect(renderCity({ ...AMSTERDAM, serialMin: 0 })).toContain("unless rendered with --serial.");
    expect(contentOf("/etc/systemd/system/exos-update.timer")).toContain("OnUnitActiveSec=300");
    expect(config.runcmd.at(-1)).toContain("exos-update.timer");
  });

  it("keeps every line of every file as it was", () => {
    const script = contentOf("/usr/local/sbin/exos-update");
    expect(script.startsWith("#!/bin/sh\n")).toBe(true);
    expect(script).toContain("\n  printf 'EXOS_IMAGE=%s\\nEXOS_RELEASE=%s\\n' \"$1\"");
    expect(contentOf("/etc/exos/Caddyfile")).toContain("\n\treverse_proxy node:39120 {\n");
  });
});
