import { decodePing, encodePing } from "#shared/codec/messages/ping.ts";
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

/** From one ping to the next. @source exos-l1.md 7.4 */
const PING_EVERY_MS = 120_000;
/** How long an answer may take. @source exos-l1.md 7.4 */
const PONG_WITHIN_MS = 20 * 60_000;
/**
 * For a handshake that we began, from connecting to its end. The reference gives five seconds,
 * which thirteen nodes that start at once on two cores may exceed.
 */
const OUTBOUND_HANDSHAKE_MS = 10_000;
/** For the verack of a peer that dialled us, from its version on. @source exos-l1.md 7.3 */
const VERACK_WITHIN_MS = 10_000;
/** For the version of a peer that dialled us: the reference waits longer than 12 s. */
const VERSION_WITHIN_MS = 20_000;
const NONCES = 1n << 64n;

/** A new ping, whose number only this peer was told. */
export function sendPing(peer: PeerState, env: PeerEnv): PeerAction {
  peer.pingNonce = (peer.pingNonce + 1n) % NONCES;
  peer.pingSentAtMs = env.nowMs;
  peer.pingedAtMs = env.nowMs;
  return send("ping", encodePing(peer.pingNonce));
}

/** Answered also before the handshake, as the reference does [seen]. */
export const onPing: Handler = (peer, payload, env) => {
  const decoded = decodePing(payload);
  if (!decoded.ok) return end(peer, "message unreadable", `ping: ${decoded.error.message}`);
  if (peer.buckets.ping.take(1, env.nowMs) === 0) return [dropped("ping", "too often")];
  return [send("pong", encodePing(decoded.value))];
};

export const onPong: Handler = (peer, payload, env) => {
  const decoded = decodePing(payload);
  if (!decoded.ok) return end(peer, "message unreadable", `pong: ${decoded.error.message}`);
  if (peer.pingSentAtMs === undefined || decoded.value !== peer.pingNonce) {
    return [dropped("pong", "not asked for")];
  }
  const ms = env.nowMs - peer.pingSentAtMs;
  peer.pingSentAtMs = undefined;
  peer.pingMs = ms;
  peer.pingMinMs = Math.min(ms, peer.pingMinMs ?? ms);
  return [{ kind: "latency", ms }];
};

/** What is due: an end to waiting, or the next ping. */
export function checkLiveness(peer: PeerState, env: PeerEnv): readonly PeerAction[] {
  if (peer.stage !== "ready") return checkHandshake(peer, env);
  if (peer.pingSentAtMs !== undefined) {
    const waitedMs = env.nowMs - peer.pingSentAtMs;
    return waitedMs >= PONG_WITHIN_MS ? end(peer, "ping not answered in time") : NOTHING;
  }
  return env.nowMs - peer.pingedAtMs >= PING_EVERY_MS ? [sendPing(peer, env)] : NOTHING;
}

function checkHandshake(peer: PeerState, env: PeerEnv): readonly PeerAction[] {
  const { setup, stage, openedAtMs, greetedAtMs } = peer;
  const untilMs = !setup.inbound
    ? openedAtMs + OUTBOUND_HANDSHAKE_MS
    : stage === "connecting"
      ? openedAtMs + VERSION_WITHIN_MS
      : greetedAtMs + VERACK_WITHIN_MS;
  return env.nowMs >= untilMs ? end(peer, "handshake not finished in time", stage) : NOTHING;
}
