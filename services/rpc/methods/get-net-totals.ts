import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { answerPeers } from "#services/rpc/methods/answer-peers.ts";

const DAY_SECONDS = 86_400;

/** @source getnettotals, rpc/net.cpp (Bitcoin Core 28.0) */
export const getNetTotals = defineMethod({
  name: "getnettotals",
  reach: "local",
  description: "Bytes over all connections since the start, and what may be sent today.",
  parameters: () => ({}),
  run: (_, { deps }) =>
    answerPeers(deps, (peers) => {
      const { sentBytes, receivedBytes, upload } = peers.totals();
      const left = upload?.leftBytes ?? 0;
      return {
        ok: true,
        value: {
          totalbytesrecv: receivedBytes,
          totalbytessent: sentBytes,
          timemillis: deps.clock.now() * 1_000,
          uploadtarget: {
            timeframe: DAY_SECONDS,
            target: upload?.limitBytes ?? 0,
            target_reached: upload !== undefined && left === 0,
            serve_historical_blocks: upload === undefined || left > 0,
            bytes_left_in_cycle: left,
            time_left_in_cycle: upload?.leftSeconds ?? 0,
          },
        },
      };
    }),
});
