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
  /** Name under which the edge and its certificate know the machine, such as `ams.example.org`. */
  readonly host: string;
  /** Where the signed channel of its wave is read. */
  readonly channelUrl: string;
  /** Public half of the release key, Ed25519, PEM. */
  readonly releaseKey: string;
  /** Caddy with its digest. */
  readonly proxyImage: string;
}

/** User of the node in the image. @source cloud.md 7.2 */
export const NODE_USER = 10_001;
/** Memory of the node, and the only folder that it writes to. @source cloud.md 12 */
export const NODE_MEMORY = "768m";
export const NODE_DATA = "/data";
/** Port of the node's HTTP, inside the machine alone. */
const HTTP_PORT = 39_120;
/**
 * Arguments of the node in the container, after its entry point `exos`. It answers as a node of its
 * own behind the proxy: reads are open, everything else wants a login, and JSON-RPC a caller of this
 * machine.
 */
export function nodeArguments(city: ExternalCity): readonly string[] {
  return [
    "start",
    "--network",
    city.network,
    "--datadir",
    NODE_DATA,
    "--httpbind",
    "0.0.0.0",
    "--httpport",
    String(HTTP_PORT),
    "--httphosts",
    city.host,
    "--port",
    String(city.peerPort),
  ];
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
      user: `${NODE_USER}:${NODE_USER}`,
      mem_limit: NODE_MEMORY,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      stop_grace_period: "110s",
      tmpfs: ["/tmp"],
      volumes: [`/var/lib/exos:${NODE_DATA}`],
      ports: [`${city.peerPort}:${city.peerPort}`, `127.0.0.1:${HTTP_PORT}:${HTTP_PORT}`],
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

/** TLS in front of the node; a certificate by TLS-ALPN, so that port 80 stays shut. */
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
		max_size 4MiB
	}
	@private path /metrics
	respond @private 404
	reverse_proxy node:${HTTP_PORT} {
		flush_interval -1
	}
}
`;
}

/** Settings of the update script, read by its shell. */
export function updateSettings({ channelUrl }: ExternalCity): string {
  return `CHANNEL_URL=${channelUrl}
READY_URL=http://127.0.0.1:${HTTP_PORT}/readyz
READY_SECONDS=600
LOOK_SECONDS=5
`;
}
