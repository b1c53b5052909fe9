import type { City } from "#regions/city.ts";
import type { Deployment } from "#regions/deployment.ts";

/** What the machine of a city outside AWS is told, besides what every such machine is. */
export interface ExternalCity {
  /** Three letters of `regions/`. */
  readonly code: string;
  readonly name: string;
  readonly environment: string;
  /** As `exos network list` has it. */
  readonly network: string;
  /** TCP port of the chain's protocol. */
  readonly peerPort: number;
  /** Name under which the edge asks the machine, such as `ams.origin.example.org`. */
  readonly host: string;
  /** Where the signed channel of its wave is read. */
  readonly channelUrl: string;
  /** The least serial of a channel that it follows, so that made anew it starts nothing older; or 0. */
  readonly serialMin: number;
  /** Public half of the release key, Ed25519, PEM. */
  readonly releaseKey: string;
  /** Caddy with its digest. */
  readonly proxyImage: string;
  /** A city on AWS behind the same edge, in whose parameters the edge's key is read; if there is one. */
  readonly keyCity: Pick<City, "code" | "host"> | undefined;
  /** Whom it lets in by ssh, if anybody. */
  readonly operator: Deployment["operator"];
  /** Where it sends traces, if anywhere. */
  readonly traces?: City["traces"];
}

/** User of the node in the image. @source cloud.md 7.2 */
export const NODE_USER = 10_001;
/** Memory of the node, and the only folder that it writes to. @source cloud.md 12 */
const NODE_MEMORY = "768m";
const NODE_DATA = "/data";
/** Where the operator puts the edge's key, on the machine and as the node sees it. */
export const MACHINE_SECRETS = "/etc/exos/secrets";
/** Whom the operator logs in as: `operator` is a group of Debian's own. */
export const MACHINE_OPERATOR = "exos-operator";
const NODE_SECRETS = "/secrets";
/** Port of the city's answers, inside the machine alone, and of its operator's, inside the container. */
const HTTP_PORT = 39_120;
const OPERATOR_PORT = 4_561;

/**
 * Arguments of the node in the container, after its entry point `exos`. It answers as a city: what
 * came by the edge, and nothing that needs a login.
 */
export function nodeArguments(city: ExternalCity): readonly string[] {
  return [
    "start",
    "--network",
    city.network,
    "--datadir",
    NODE_DATA,
    "--city",
    city.code,
    "--secrets",
    NODE_SECRETS,
    "--httpbind",
    "0.0.0.0",
    "--httpport",
    String(HTTP_PORT),
    "--rpcport",
    String(OPERATOR_PORT),
    "--port",
    String(city.peerPort),
    ...traceArguments(city),
  ];
}

function traceArguments({ traces }: ExternalCity): readonly string[] {
  if (traces === undefined) return [];
  return ["--traces", traces.endpoint, "--tracespercent", String(traces.percent)];
}

/** The compose file: the node, and the proxy that holds the certificate. JSON is YAML. */
export function composeFile(city: ExternalCity): string {
  const logging = { driver: "local", options: { "max-size": "16m", "max-file": "2" } };
  const common = { restart: "always", read_only: true, init: true, logging };
  const services = {
    node: {
      ...common,
      image: "$EXOS_IMAGE",
      entrypoint: ["node", "services/cli/main.ts"],
      command: nodeArguments(city),
      environment: { EXOS_RELEASE: "$EXOS_RELEASE" },
      user: `${NODE_USER}:${NODE_USER}`,
      mem_limit: NODE_MEMORY,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      stop_grace_period: "110s",
      tmpfs: ["/tmp"],
      volumes: [`/var/lib/exos:${NODE_DATA}`, `${MACHINE_SECRETS}:${NODE_SECRETS}:ro`],
      ports: [`${city.peerPort}:${city.peerPort}`],
    },
    proxy: {
      ...common,
      image: city.proxyImage,
      mem_limit: "96m",
      tmpfs: ["/tmp"],
      volumes: [
        "/etc/exos/Caddyfile:/etc/caddy/Caddyfile:ro",
        "/var/lib/exos-proxy:/data",
        "/var/lib/exos-proxy-config:/config",
      ],
      ports: ["443:443"],
    },
  };
  return `${JSON.stringify({ services }, undefined, 2)}\n`;
}

/**
 * TLS in front of the node; a certificate by TLS-ALPN, so that port 80 stays shut. A body over the
 * city's own limit gets as far as the city, which says so.
 */
export function proxyFile({ host }: ExternalCity): string {
  return `{
	auto_https disable_redirects
	servers {
		timeouts {
			read_header 10s
		}
	}
}
${host} {
	request_body {
		max_size 5MB
	}
	reverse_proxy node:${HTTP_PORT} {
		flush_interval -1
	}
}
`;
}

/** Settings of the update script, read by its shell. */
export function updateSettings({ channelUrl, serialMin }: ExternalCity): string {
  return `CHANNEL_URL=${channelUrl}
SERIAL_MIN=${serialMin}
READY_URL=http://127.0.0.1:${OPERATOR_PORT}/readyz
READY_SECONDS=600
LOOK_SECONDS=5
`;
}
