import type { PeerOptions } from "#services/cli/embedded/open-peers.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { policyOf } from "#services/cli/policy-of.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import type { Config } from "#services/cli/read-config.ts";
import { parseEndpoint } from "#shared/p2p/endpoint-text.ts";
import { parseNetworkOfIps } from "#shared/p2p/ip-address.ts";
import type { Endpoint } from "#shared/ports/transport.ts";

type Named = "connect" | "addnode" | "externalip" | "bind" | "whitelist";

const MEBIBYTE = 1024 * 1024;
const PROTOCOL = "70012";
/** Both kinds of address, where the machine has both. */
const EVERY_ADDRESS = "::";

function wrong(message: string): CommandFailure {
  return new CommandFailure(message, { code: "EXOS-E0002", exit: EXIT.usage });
}

/** Every entry of a list as something. @throws CommandFailure that names the entry */
function parsed<T>(config: Config, name: Named, parse: (text: string) => T | undefined): T[] {
  return config.list(name).map((text) => {
    const value = parse(text);
    if (value === undefined) throw wrong(`${name}: "${text}" is no address`);
    return value;
  });
}

function listenOf(config: Config): readonly Endpoint[] {
  if (!config.flag("listen")) return [];
  const port = config.integer("port") ?? config.network.ports.p2p;
  const named = parsed(config, "bind", (text) => {
    // Port 0 is no port of an endpoint, but one to listen on.
    const endpoint = parseEndpoint(text, port === 0 ? 1 : port);
    return endpoint && (port === 0 && endpoint.port === 1 ? { ...endpoint, port } : endpoint);
  });
  return named.length > 0 ? named : [{ host: EVERY_ADDRESS, port }];
}

function userAgentOf(config: Config): string {
  const prefix = config.text("agentprefix");
  if (prefix !== undefined && !/^[\w.-]{1,10}$/.test(prefix)) {
    throw wrong(`agentprefix: "${prefix}" is not 1 to 10 letters, digits, dots or dashes`);
  }
  const name = `exos:${PROGRAM_VERSION} (${PROTOCOL})`;
  return prefix === undefined ? name : `${prefix}-${name}`;
}

/**
 * What flags, environment and file say about other nodes.
 * @throws CommandFailure that names the value that means nothing
 */
export function peerOptionsOf(config: Config): PeerOptions {
  const port = config.network.ports.p2p;
  const endpoint = (text: string) => parseEndpoint(text, port);
  const proxyText = config.text("proxy");
  const proxy = proxyText === undefined ? undefined : parseEndpoint(proxyText, 9_050);
  if (proxyText !== undefined && proxy === undefined) {
    throw wrong(`proxy: "${proxyText}" is no HOST:PORT`);
  }
  return {
    checkpoints: policyOf(config).checkpoints,
    tipAgeSecondsMax: config.integer("maxtipage") ?? 7_200,
    askSeeds: config.flag("dnsseed"),
    proxy,
    ...((config.integer("prune") ?? 0) > 0 ? { services: 0n } : {}),
    settings: {
      listen: listenOf(config),
      external: parsed(config, "externalip", endpoint),
      connect: parsed(config, "connect", endpoint),
      added: parsed(config, "addnode", endpoint),
      inboundMax: config.integer("maxinbound") ?? 109,
      outboundMax: config.integer("maxoutbound") ?? 16,
      banSeconds: config.integer("bantime") ?? 16_000,
      whitelist: parsed(config, "whitelist", parseNetworkOfIps),
      onePerGroup: config.flag("iprangefiltering"),
      relay: !config.flag("blocksonly"),
      followPeersTime: config.flag("synctime"),
      userAgent: userAgentOf(config),
      uploadBytesPerDay: (config.integer("maxuploadperday") ?? 0) * MEBIBYTE,
      proxy: proxyText ?? "",
    },
  };
}
