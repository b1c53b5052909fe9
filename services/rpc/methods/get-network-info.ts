import { exactCoins } from "#services/rpc/json/exact-number.ts";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { refuseWithoutPeers } from "#services/rpc/methods/answer-peers.ts";
import { servicesHex, servicesNames } from "#services/rpc/shapes/core-peer.ts";
import { countPeers } from "#services/rpc/views/peer-counts.ts";
import { versionNumber } from "#services/rpc/views/version-number.ts";
import { formatEndpoint } from "#shared/p2p/endpoint-text.ts";
import { amount } from "#shared/primitives/brand.ts";

const NETWORKS = ["ipv4", "ipv6", "onion"] as const;
/** Least fee that is relayed, in base units per 1,000 bytes. @source exos-l1.md 6.2 */
const RELAY_FEE = amount(10_000n);

/** @source getnetworkinfo, rpc/net.cpp (Bitcoin Core 28.0) */
export const getNetworkInfo = defineMethod({
  name: "getnetworkinfo",
  reach: "public",
  description: "How this node takes part: versions, connections, addresses, proxy.",
  parameters: () => ({}),
  async run(_, { deps }) {
    const view = deps.peers?.network() ?? deps.partOfNetwork;
    const counts = await countPeers(deps);
    if (view === undefined || counts === undefined) return refuseWithoutPeers();
    return {
      ok: true,
      value: {
        version: versionNumber(deps.version),
        subversion: view.userAgent,
        protocolversion: view.protocolVersion,
        localservices: servicesHex(view.services),
        localservicesnames: servicesNames(view.services),
        localrelay: view.relay,
        timeoffset: view.timeOffsetSeconds,
        clockskew: view.clockSkewSeconds ?? null,
        listening: view.listening.map(formatEndpoint),
        networkactive: true,
        connections: counts.inbound + counts.outbound,
        connections_in: counts.inbound,
        connections_out: counts.outbound,
        networks: NETWORKS.map((name) => ({
          name,
          limited: false,
          reachable: name !== "onion" || view.proxy !== "",
          proxy: view.proxy,
          proxy_randomize_credentials: false,
        })),
        relayfee: exactCoins(RELAY_FEE),
        incrementalfee: exactCoins(RELAY_FEE),
        localaddresses: view.external.map(({ host, port }) => ({
          address: host,
          port,
          score: 1,
        })),
        warnings: view.hasSource
          ? []
          : ["This node knows of no other node: give addnode, connect or dnsseed"],
      },
    };
  },
});
