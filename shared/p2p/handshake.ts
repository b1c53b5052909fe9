import { encodeAddresses } from "#shared/codec/messages/network-address.ts";
import { decodeReject, encodeReject } from "#shared/codec/messages/reject-message.ts";
import { decodeVersion, encodeVersion } from "#shared/codec/messages/version-message.ts";
import { NODE_WITNESS } from "#shared/p2p/dialect.ts";
import { sendPing } from "#shared/p2p/liveness.ts";
import type { PeerAction } from "#shared/p2p/peer-action.ts";
import type { PeerEnv } from "#shared/p2p/peer-input.ts";
import {
  dropped,
  end,
  type Handler,
  NOTHING,
  type PeerState,
  send,
} from "#shared/p2p/peer-state.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

/** Code of a `reject` that says "you sent this already". @source exos-l1.md 7.4 */
const REJECT_DUPLICATE = 0x12;

/** The connection stands: whoever dialled speaks first. @source exos-l1.md 7.3 */
export function onOpened(peer: PeerState, env: PeerEnv): readonly PeerAction[] {
  peer.openedAtMs = env.nowMs;
  return peer.setup.inbound ? NOTHING : [ownVersion(peer, env)];
}

function ownVersion({ setup }: PeerState, env: PeerEnv): PeerAction {
  const { dialect, services, local, remote, nonce, userAgent, relay } = setup;
  return send(
    "version",
    encodeVersion({
      version: dialect.version,
      services,
      time: BigInt(env.time),
      receiver: remote,
      sender: local,
      nonce,
      userAgent,
      startHeight: env.height,
      relay,
    }),
  );
}

/**
 * The peer presents itself. One that dialled us and is too old gets its handshake all the same, as
 * from the reference, and is left at its next message.
 *
 * @source exos-l1.md 7.3
 */
export const onVersion: Handler = (peer, payload, env) => {
  if (peer.stage !== "connecting") {
    if (peer.buckets.version.take(1, env.nowMs) === 0) return [dropped("version", "too often")];
    const duplicate = { message: "", code: REJECT_DUPLICATE, reason: "", hash: undefined };
    return [send("reject", encodeReject(duplicate))];
  }
  const decoded = decodeVersion(payload);
  if (!decoded.ok) return end(peer, "message unreadable", `version: ${decoded.error.message}`);

  const theirs = decoded.value;
  const { setup } = peer;
  if (theirs.nonce === setup.nonce) return end(peer, "connected to itself");
  const isOld = theirs.version < setup.dialect.versionMin;
  if (isOld && !setup.inbound) return end(peer, "version too old", `${theirs.version}`);
  if ((theirs.services & setup.servicesWanted) !== setup.servicesWanted) {
    return end(peer, "services missing", `${theirs.services}`);
  }
  peer.stage = "greeted";
  peer.greetedAtMs = env.nowMs;
  peer.spoken = Math.min(theirs.version, setup.dialect.version);
  peer.witness = setup.dialect.witness && (theirs.services & NODE_WITNESS) !== 0n;
  peer.greeting = {
    version: peer.spoken,
    services: theirs.services,
    userAgent: theirs.userAgent,
    startHeight: theirs.startHeight,
    relay: theirs.relay ?? true,
    timeOffsetSeconds: Number(theirs.time - BigInt(env.time)),
  };
  return [setup.inbound ? ownVersion(peer, env) : send("verack")];
};

/** Both have presented themselves: what follows is said once. @source exos-l1.md 7.3 */
export const onVerack: Handler = (peer, _payload, env) => {
  const { setup, greeting } = peer;
  if (greeting === undefined || peer.stage !== "greeted") return NOTHING;
  const opening = setup.inbound ? [send("verack")] : outboundOpening(peer, env);
  const isOld = peer.spoken < setup.dialect.versionMin;
  peer.stage = isOld ? "unsuited" : "ready";
  opening.push(sendPing(peer, env), send("sendheaders"));
  if (isOld) return opening;

  peer.syncedAtMs = env.nowMs;
  peer.announcedAtMs = env.nowMs;
  return [...opening, { kind: "ready", ...greeting }, { kind: "syncWanted" }];
};

/** Of whom we dialled we want addresses, and tell it ours. */
function outboundOpening({ setup, buckets }: PeerState, env: PeerEnv): PeerAction[] {
  // What answers `getaddr` is asked for, so that it does not count as told unasked.
  buckets.addr.take(0, env.nowMs);
  buckets.addr.grant(ADDRESSES_MAX);
  const own = setup.advertised;
  if (own === undefined) return [send("getaddr")];
  return [
    send("addr", encodeAddresses([{ ...own, time: unixSeconds(env.time) }])),
    send("getaddr"),
  ];
}

const ADDRESSES_MAX = 1000;

/**
 * The peer did not take something. Nothing follows from it but in a handshake, where it means no;
 * the one without words means nothing even there.
 *
 * @source exos-l1.md 7.3, 7.4
 */
export const onReject: Handler = (peer, payload) => {
  const decoded = decodeReject(payload);
  if (!decoded.ok) return end(peer, "message unreadable", `reject: ${decoded.error.message}`);
  const { message, code } = decoded.value;
  const isEmpty = message === "" && code === REJECT_DUPLICATE;
  const isDuring = peer.stage === "connecting" || peer.stage === "greeted";
  return isDuring && !isEmpty ? end(peer, "handshake refused", `code ${code}`) : NOTHING;
};
