import { EDGE_KEY } from "#shared/fleet/edge-stamp.ts";
import {
  composeFile,
  type ExternalCity,
  MACHINE_OPERATOR,
  MACHINE_SECRETS,
  NODE_USER,
  proxyFile,
  updateSettings,
} from "./external-city.ts";
import { readKeyLine } from "./read-key-line.ts";
import { UPDATE_SCRIPT } from "./update-script.ts";

interface WrittenFile {
  readonly path: string;
  /** Octal, as `write_files` takes it. */
  readonly mode: string;
  readonly content: string;
}

const UPDATE_UNIT = `[Unit]
Description=Follow the release channel of the EXOS fleet
Wants=network-online.target
After=network-online.target docker.service

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/exos-update
TimeoutStartSec=3600
`;

const UPDATE_TIMER = `[Unit]
Description=Follow the release channel of the EXOS fleet, every five minutes

[Timer]
OnBootSec=30
OnUnitActiveSec=300
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
`;

const SECURITY_UPDATES = `APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "04:00";
`;

/** Debian and Ubuntu packages that the machine needs. */
const PACKAGES = [
  "curl",
  "docker.io",
  "docker-compose-v2",
  "jq",
  "openssl",
  "ufw",
  "unattended-upgrades",
  "zstd",
];

/** What runs once, at the first boot, in this order. */
function firstBoot({ peerPort, operator }: ExternalCity): readonly (readonly string[])[] {
  const user = String(NODE_USER);
  const folders = ["/var/lib/exos", MACHINE_SECRETS];
  return [
    ["install", "-d", "-o", user, "-g", user, "-m", "0700", ...folders],
    ["install", "-d", "-m", "0700", "/var/lib/exos-proxy", "/var/lib/exos-proxy-config"],
    ["ufw", "default", "deny", "incoming"],
    ["ufw", "allow", `${peerPort}/tcp`],
    ["ufw", "allow", "443/tcp"],
    ...(operator
      ? [["ufw", "allow", "from", operator.network, "to", "any", "port", "22", "proto", "tcp"]]
      : []),
    ["ufw", "--force", "enable"],
    ["systemctl", "daemon-reload"],
    ["systemctl", "enable", "--now", "docker.service", "exos-update.timer"],
  ];
}

function filesOf(city: ExternalCity): readonly WrittenFile[] {
  return [
    { path: "/etc/exos/compose.yaml", mode: "0644", content: composeFile(city) },
    { path: "/etc/exos/Caddyfile", mode: "0644", content: proxyFile(city) },
    { path: "/etc/exos/release.pem", mode: "0644", content: `${city.releaseKey.trim()}\n` },
    { path: "/etc/exos/update.conf", mode: "0644", content: updateSettings(city) },
    { path: "/usr/local/sbin/exos-update", mode: "0755", content: UPDATE_SCRIPT },
    { path: "/etc/systemd/system/exos-update.service", mode: "0644", content: UPDATE_UNIT },
    { path: "/etc/systemd/system/exos-update.timer", mode: "0644", content: UPDATE_TIMER },
    { path: "/etc/apt/apt.conf.d/20auto-upgrades", mode: "0644", content: SECURITY_UPDATES },
  ];
}

/** A YAML block scalar, which keeps its lines as they are. */
function block(text: string, indent: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  return ["|", ...lines.map((line) => (line === "" ? "" : `${indent}${line}`))].join("\n");
}

const ANY_SERIAL =
  "# It begins with whatever signed release its channel says, however old, unless rendered with --serial.";

/** How it comes to the key that it cannot answer without, which no file of ours holds. */
function keyLines({ environment, keyCity, operator, host }: ExternalCity): readonly string[] {
  const read = keyCity && readKeyLine(environment, keyCity, EDGE_KEY);
  const place = `${MACHINE_SECRETS}/${EDGE_KEY}`;
  const write = `install -o ${NODE_USER} -m 0400`;
  return [
    "It answers once it has the edge's key, which the operator writes there himself:",
    ...(read === undefined ? [] : [`${read} >KEYFILE`]),
    ...(operator
      ? [`ssh ${MACHINE_OPERATOR}@${host} sudo ${write} /dev/stdin ${place} <KEYFILE`]
      : [
          "Nobody logs in to it: regions/deployment.ts names no operator. In the provider's rescue system,",
          "where DISK is this machine's, after the first boot:",
          `${write} KEYFILE DISK${place}`,
        ]),
  ];
}

/** The operator, who may do everything there. */
function operatorUser({ operator }: ExternalCity): readonly string[] {
  if (operator === undefined) return [];
  return [
    `  - name: ${MACHINE_OPERATOR}`,
    '    sudo: "ALL=(ALL) NOPASSWD:ALL"',
    "    lock_passwd: true",
    "    shell: /bin/bash",
    "    ssh_authorized_keys:",
    `      - ${JSON.stringify(operator.key)}`,
  ];
}

/**
 * The cloud-init file of a city outside AWS: it turns an empty Ubuntu 24.04 machine into the city,
 * with no credentials of ours on it and no door but the chain's port and 443, and that of ssh for the
 * operator's network where there is one.
 *
 * @returns YAML that begins with `#cloud-config`
 * @source cloud.md 12 "External city"
 */
export function renderCity(city: ExternalCity): string {
  const files = filesOf(city).flatMap(({ path, mode, content }) => [
    `  - path: ${path}`,
    `    permissions: "${mode}"`,
    `    content: ${block(content, "      ")}`,
  ]);
  return [
    "#cloud-config",
    `# ${city.name} (${city.code}) of the EXOS fleet, environment ${city.environment}.`,
    ...(city.serialMin === 0 ? [ANY_SERIAL] : []),
    ...keyLines(city).map((line) => `# ${line}`),
    "users:",
    "  - name: exos",
    `    uid: "${NODE_USER}"`,
    "    system: true",
    "    lock_passwd: true",
    "    shell: /usr/sbin/nologin",
    ...operatorUser(city),
    "disable_root: true",
    "ssh_pwauth: false",
    "package_update: true",
    "package_upgrade: true",
    "packages:",
    ...PACKAGES.map((name) => `  - ${name}`),
    "write_files:",
    ...files,
    "runcmd:",
    ...firstBoot(city).map((words) => `  - ${JSON.stringify(words)}`),
    "",
  ].join("\n");
}
